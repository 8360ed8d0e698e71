// Reports one client and one server span through zipkin-go's HTTP reporter and prints the trace id.
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/openzipkin/zipkin-go"
	zipkinhttp "github.com/openzipkin/zipkin-go/middleware/http"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter"
	reporterhttp "github.com/openzipkin/zipkin-go/reporter/http"
)

func tracer(name string, port string, sink reporter.Reporter) *zipkin.Tracer {
	endpoint, err := zipkin.NewEndpoint(name, "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	tracer, err := zipkin.NewTracer(sink, zipkin.WithLocalEndpoint(endpoint))
	if err != nil {
		panic(err)
	}
	return tracer
}

func main() {
	options := []reporterhttp.ReporterOption{}
	if len(os.Args) > 2 && os.Args[2] == "proto3" {
		options = append(options, reporterhttp.Serializer(zipkin_proto3.SpanSerializer{}))
	}
	sink := reporterhttp.NewReporter(os.Args[1], options...)
	frontend, backend := tracer("Frontend", "8081", sink), tracer("Backend", "8082", sink)

	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) })
	server := httptest.NewServer(zipkinhttp.NewServerMiddleware(backend, zipkinhttp.TagResponseSize(true))(handler))
	client, err := zipkinhttp.NewClient(frontend, zipkinhttp.ClientTrace(false))
	if err != nil {
		panic(err)
	}
	root := frontend.StartSpan("main")
	request, _ := http.NewRequest("GET", server.URL+"/orders", nil)
	request = request.WithContext(zipkin.NewContext(request.Context(), root))
	response, err := client.DoWithAppSpan(request, "call orders")
	if err != nil {
		panic(err)
	}
	response.Body.Close()
	root.Finish()
	server.Close()
	sink.Close()
	fmt.Println(root.Context().TraceID.String())
}
