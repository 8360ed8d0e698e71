"""The blog's first service: `/` does some work, calls service1 in the middle of it, and works on."""
import os
import time

import requests
from flask import Flask, request
from py_zipkin.zipkin import create_http_headers_for_new_span, zipkin_span

from tracing import server_span

port = int(os.environ.get("PORT", "5000"))
work_seconds = float(os.environ.get("WORK_SECONDS", "5"))
service1 = os.environ.get("SERVICE1", "http://localhost:6000/service1/")
app = Flask("demo")


@zipkin_span(service_name="webapp", span_name="do_stuff")
def do_stuff():
    time.sleep(work_seconds)
    requests.get(service1, headers=create_http_headers_for_new_span(), timeout=60)


@app.get("/")
def index():
    with server_span("webapp", "index", port, request.headers):
        do_stuff()
        time.sleep(2 * work_seconds)
    return "OK"


app.run(host=os.environ.get("HOST", "127.0.0.1"), port=port, threaded=True)
