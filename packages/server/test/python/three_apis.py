"""Recreates the three-API topology with py_zipkin alone: api_01 calls api_02 and api_03, api_02 calls api_03.

usage: three_apis.py COLLECTOR_URL ENCODING   (V1_THRIFT, V1_JSON, V2_JSON or V2_PROTO3)

Each API runs in a thread of its own, as its requests would, and reports by itself: 4 posts, 9 spans. Prints the trace id.
"""
import sys
import threading
import time
import urllib.request

from py_zipkin import Encoding
from py_zipkin.zipkin import zipkin_client_span, zipkin_span

URL, ENCODING = sys.argv[1], getattr(Encoding, sys.argv[2])
PATHS = {
    "V1_THRIFT": ("/api/v1/spans", "application/x-thrift"),
    "V1_JSON": ("/api/v1/spans", "application/json"),
    "V2_JSON": ("/api/v2/spans", "application/json"),
    "V2_PROTO3": ("/api/v2/spans", "application/x-protobuf"),
}
failures = []


def transport(payload):
    path, content_type = PATHS[sys.argv[2]]
    body = payload if isinstance(payload, bytes) else payload.encode("utf-8")
    request = urllib.request.Request(URL + path, data=body, headers={"Content-Type": content_type})
    with urllib.request.urlopen(request) as response:
        if response.status != 202:
            failures.append(response.status)


def serve(service, attrs, work):
    """One request: a server span that continues `attrs`, or starts a trace without them."""

    def run():
        try:
            more = {"zipkin_attrs": attrs} if attrs else {"sample_rate": 100.0}
            with zipkin_span(
                service_name=service,
                span_name="index_" + service,
                transport_handler=transport,
                port=5000,
                encoding=ENCODING,
                **more
            ) as span:
                work()
                if not attrs:
                    print(span.zipkin_attrs.trace_id)
        except Exception as error:  # Reported by the exit code.
            failures.append(repr(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def call(service, name, work):
    """A client span whose ids the called service takes over."""
    with zipkin_client_span(service_name=service, span_name=name) as span:
        work(span.zipkin_attrs)


def sleep():
    with zipkin_client_span(service_name="api_03", span_name="sleep_api_03"):
        time.sleep(0.01)


def api_03(attrs):
    serve("api_03", attrs, sleep)


def api_02(attrs):
    serve("api_02", attrs, lambda: call("api_02", "call_api_03", api_03))


def index():
    call("api_01", "call_api_02", api_02)
    call("api_01", "call_api_03_FROM_01", api_03)


serve("api_01", None, index)
if failures:
    sys.exit("failed: %s" % failures)
