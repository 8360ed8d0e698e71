"""How the Flask demos hand their spans to the server: one POST of Zipkin's JSON v2 per finished request."""
import os

import requests
from py_zipkin import Encoding
from py_zipkin.request_helpers import create_http_headers, extract_zipkin_attrs_from_headers
from py_zipkin.zipkin import zipkin_client_span, zipkin_server_span

ENDPOINT = os.environ.get("ZIPKIN_ENDPOINT", "http://localhost:9411/api/v2/spans")


def send(encoded_spans):
    """A py_zipkin transport: takes one encoded list of spans."""
    requests.post(ENDPOINT, data=encoded_spans, headers={"Content-Type": "application/json"}, timeout=5)


def server_span(service_name, span_name, port, headers):
    """The server side of a request: joins the caller's trace when it sent B3 headers, else starts one."""
    return zipkin_server_span(
        service_name=service_name,
        span_name=span_name,
        transport_handler=send,
        port=port,
        sample_rate=100.0,
        encoding=Encoding.V2_JSON,
        zipkin_attrs=extract_zipkin_attrs_from_headers(headers),
    )


def call(service_name, span_name, url):
    """A traced GET: the client span's ids travel in B3 headers, so that the callee joins it."""
    with zipkin_client_span(service_name=service_name, span_name=span_name):
        return requests.get(url, headers=create_http_headers(), timeout=60).text
