// Reports, through Brave's own reporter, what two services record of one call: java -cp 'jars/*' Brave.java URL JSON|PROTO3.
// Prints the trace id.
import brave.Span;
import brave.Tracing;
import brave.propagation.B3Propagation;
import brave.propagation.TraceContext;
import java.util.HashMap;
import java.util.Map;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

public class Brave {
  static Tracing tracing(String service, int port, AsyncZipkinSpanHandler reporter) {
    return Tracing.newBuilder().localServiceName(service).localIp("127.0.0.1").localPort(port).traceId128Bit(true)
        .propagationFactory(B3Propagation.newFactoryBuilder().injectFormat(B3Propagation.Format.MULTI).build())
        .addSpanHandler(reporter).build();
  }

  public static void main(String[] args) throws Exception {
    URLConnectionSender sender = URLConnectionSender.newBuilder().endpoint(args[0]).encoding(Encoding.valueOf(args[1])).build();
    AsyncZipkinSpanHandler reporter = AsyncZipkinSpanHandler.create(sender);
    Tracing frontend = tracing("Frontend", 8081, reporter), backend = tracing("Backend", 8082, reporter);

    Span client = frontend.tracer().newTrace().name("Call Backend").kind(Span.Kind.CLIENT).start();
    client.remoteServiceName("Backend");
    client.remoteIpAndPort("127.0.0.1", 8082);
    Map<String, String> headers = new HashMap<>();
    frontend.propagation().<Map<String, String>>injector(Map::put).inject(client.context(), headers);

    TraceContext.Extractor<Map<String, String>> extractor = backend.propagation().extractor(Map::get);
    Span server = backend.tracer().joinSpan(extractor.extract(headers).context()).name("get /orders").kind(Span.Kind.SERVER).start();
    server.tag("http.path", "/orders").annotate("queue full");
    Span local = backend.tracer().newChild(server.context()).name("render").start();
    local.error(new IllegalStateException("no paper")).finish();
    server.finish();
    client.finish();

    reporter.flush();
    reporter.close();
    sender.close();
    System.out.println(client.context().traceIdString());
  }
}
