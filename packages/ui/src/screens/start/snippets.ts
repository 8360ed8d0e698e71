/** How one kind of program sends its first span here. */
export interface Snippet {
  readonly id: 'curl' | 'otel' | 'node' | 'java' | 'python' | 'go' | 'dotnet' | 'compose';
  readonly title: string;
  /** Where the text goes, e.g. a file name. */
  readonly place: string;
  readonly text: string;
}

/**
 * @param root where the server is reached, with a slash at the end, e.g. `http://localhost:9411/`
 * @param otlp whether the server takes OTLP; a Zipkin server does not
 */
export function snippets(root: string, otlp: boolean): readonly Snippet[] {
  const spans = `${root}api/v2/spans`;
  return [
    { id: 'curl', title: 'curl', place: 'sh', text: curl(spans) },
    { id: 'otel', title: 'OpenTelemetry', place: 'sh', text: otlp ? otelOtlp(root) : otelZipkin(spans) },
    { id: 'node', title: 'Node.js', place: 'sh', text: node(spans) },
    { id: 'java', title: 'Java · Spring Boot', place: 'build.gradle, application.properties', text: java(spans) },
    { id: 'python', title: 'Python', place: 'app.py', text: python(spans) },
    { id: 'go', title: 'Go', place: 'main.go', text: go(spans) },
    { id: 'dotnet', title: '.NET', place: 'Program.cs', text: otlp ? dotnetOtlp(root) : dotnetZipkin(spans) },
    { id: 'compose', title: 'Docker Compose', place: 'compose.yaml', text: compose(spans) },
  ];
}

const curl = (spans: string): string => `curl -i -X POST '${spans}' -H 'content-type: application/json' -d '[{
  "traceId": "'$(openssl rand -hex 16)'", "id": "'$(openssl rand -hex 8)'",
  "name": "hello", "kind": "SERVER",
  "timestamp": '$(date +%s)'000000, "duration": 120000,
  "localEndpoint": { "serviceName": "my-service" },
  "tags": { "http.method": "GET" }
}]'`;

const otelOtlp = (root: string): string => `# any OpenTelemetry SDK or agent
export OTEL_SERVICE_NAME=my-service
export OTEL_TRACES_EXPORTER=otlp
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${root}v1/traces
export OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none`;

const otelZipkin = (spans: string): string => `# an OpenTelemetry SDK or agent with its Zipkin exporter
export OTEL_SERVICE_NAME=my-service
export OTEL_TRACES_EXPORTER=zipkin
export OTEL_EXPORTER_ZIPKIN_ENDPOINT=${spans}`;

const node = (spans: string): string => `npm install @tracekin/tracer

export TRACEKIN_SERVICE_NAME=my-service
export TRACEKIN_ENDPOINT=${spans}
node --import @tracekin/tracer/register app.js`;

const java = (spans: string): string => `// build.gradle (Spring Boot 3)
implementation 'org.springframework.boot:spring-boot-starter-actuator'
implementation 'io.micrometer:micrometer-tracing-bridge-brave'
implementation 'io.zipkin.reporter2:zipkin-reporter-brave'

# application.properties
spring.application.name=my-service
management.tracing.sampling.probability=1.0
management.zipkin.tracing.endpoint=${spans}`;

const python = (spans: string): string => `# pip install py_zipkin requests
import requests
from py_zipkin import Encoding
from py_zipkin.zipkin import zipkin_span

def send(body):
    requests.post("${spans}", data=body,
                  headers={"content-type": "application/json"}, timeout=5)

with zipkin_span(service_name="my-service", span_name="hello",
                 transport_handler=send, sample_rate=100.0,
                 encoding=Encoding.V2_JSON):
    print("traced")`;

const go = (spans: string): string => `// go get github.com/openzipkin/zipkin-go
package main

import (
	"github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/reporter/http"
)

func main() {
	reporter := http.NewReporter("${spans}")
	defer reporter.Close()
	endpoint, _ := zipkin.NewEndpoint("my-service", "localhost:0")
	tracer, _ := zipkin.NewTracer(reporter, zipkin.WithLocalEndpoint(endpoint))
	span := tracer.StartSpan("hello")
	span.Finish()
}`;

const dotnetOtlp = (root: string): string => `// dotnet add package OpenTelemetry.Extensions.Hosting
// dotnet add package OpenTelemetry.Instrumentation.AspNetCore
// dotnet add package OpenTelemetry.Exporter.OpenTelemetryProtocol
builder.Services.AddOpenTelemetry()
    .ConfigureResource(resource => resource.AddService("my-service"))
    .WithTracing(tracing => tracing
        .AddAspNetCoreInstrumentation()
        .AddOtlpExporter(options =>
        {
            options.Endpoint = new Uri("${root}v1/traces");
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }));`;

const dotnetZipkin = (spans: string): string => `// dotnet add package OpenTelemetry.Extensions.Hosting
// dotnet add package OpenTelemetry.Instrumentation.AspNetCore
// dotnet add package OpenTelemetry.Exporter.Zipkin
builder.Services.AddOpenTelemetry()
    .ConfigureResource(resource => resource.AddService("my-service"))
    .WithTracing(tracing => tracing
        .AddAspNetCoreInstrumentation()
        .AddZipkinExporter(options => options.Endpoint = new Uri("${spans}")));`;

const compose = (spans: string): string => `services:
  my-service:
    image: my-service
    environment:
      TRACEKIN_SERVICE_NAME: my-service
      TRACEKIN_ENDPOINT: ${spans.replace(/\/\/(localhost|127\.0\.0\.1)(?=[:/])/, '//host.docker.internal')}
      NODE_OPTIONS: --import @tracekin/tracer/register
    extra_hosts: ["host.docker.internal:host-gateway"]`;
