"""One trace of two services by OpenTelemetry's own SDK and exporter: otlp.py ENDPOINT grpc|http. Prints the trace id."""
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

endpoint, protocol = sys.argv[1:]
if protocol == "grpc":
    from grpc import Compression
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporters = [OTLPSpanExporter(endpoint, insecure=True, compression=Compression.Gzip) for _ in range(2)]
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    exporters = [OTLPSpanExporter(endpoint + "/v1/traces") for _ in range(2)]


def tracer(service, exporter):
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider, provider.get_tracer("test")


web_provider, web = tracer("web", exporters[0])
api_provider, api = tracer("api", exporters[1])
client = web.start_span("call", kind=SpanKind.CLIENT)
server = api.start_span("answer", context=set_span_in_context(client), kind=SpanKind.SERVER)
server.set_attribute("http.request.method", "GET")
server.set_status(Status(StatusCode.ERROR, "no such order"))
server.end()
client.end()
for provider in (web_provider, api_provider):
    assert provider.force_flush(), "not delivered"
    provider.shutdown()
print(format(client.get_span_context().trace_id, "032x"))
