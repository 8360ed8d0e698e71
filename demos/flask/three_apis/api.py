"""Three APIs: api_01 calls api_02 and api_03, api_02 calls api_03. Usage: python -m three_apis.api api_01|api_02|api_03"""
import os
import sys
import time

from flask import Flask, request
from py_zipkin.zipkin import zipkin_client_span

from tracing import call, server_span

name = sys.argv[1]
port = int(os.environ.get("PORT", "5000"))
work_seconds = float(os.environ.get("WORK_SECONDS", "2"))
api_02 = os.environ.get("API_02", "http://localhost:5002/")
api_03 = os.environ.get("API_03", "http://localhost:5003/")
app = Flask(name)


@app.get("/")
def index():
    with server_span(name, f"index_{name}", port, request.headers):
        if name == "api_01":
            call(name, "call_api_02", api_02)
            call(name, "call_api_03_FROM_01", api_03)
        elif name == "api_02":
            call(name, "call_api_03", api_03)
        else:
            with zipkin_client_span(service_name=name, span_name="sleep_api_03"):
                time.sleep(work_seconds)
        return "OK"


app.run(host=os.environ.get("HOST", "127.0.0.1"), port=port, threaded=True)
