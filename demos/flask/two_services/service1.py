"""The blog's second service: takes part in the caller's trace and works for a while."""
import os
import time

from flask import Flask, request
from py_zipkin.zipkin import zipkin_span

from tracing import server_span

port = int(os.environ.get("PORT", "6000"))
work_seconds = float(os.environ.get("WORK_SECONDS", "5"))
app = Flask("service1")


@zipkin_span(service_name="service1", span_name="service1_do_stuff")
def do_stuff():
    time.sleep(work_seconds)


@app.get("/service1/")
def index():
    with server_span("service1", "index_service1", port, request.headers):
        do_stuff()
    return "OK"


app.run(host=os.environ.get("HOST", "127.0.0.1"), port=port, threaded=True)
