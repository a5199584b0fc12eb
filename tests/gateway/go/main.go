// Runs a grpc-gateway of the project's contract, for the tests that compare the edge with one.
//
//	gateway HOST:PORT SERVICES
//
// SERVICES is the HOST:PORT of a gRPC server that has all services. Prints the gateway's own
// HOST:PORT once it listens; port 0 takes a free one. SIGTERM ends it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	// Details of errors must be known to be written as JSON.
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"

	analytics "deltastream/tests/gateway/gen/deltastream/analytics/v1"
	auth "deltastream/tests/gateway/gen/deltastream/auth/v1"
	enrichment "deltastream/tests/gateway/gen/deltastream/enrichment/v1"
	feed "deltastream/tests/gateway/gen/deltastream/feed/v1"
	logs "deltastream/tests/gateway/gen/deltastream/logs/v1"
	probe "deltastream/tests/gateway/gen/deltastream/probe/v1"
	storage "deltastream/tests/gateway/gen/deltastream/storage/v1"
)

type register func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error

var services = []register{
	analytics.RegisterAnalyticsServiceHandler,
	auth.RegisterAuthServiceHandler,
	enrichment.RegisterEnrichmentServiceHandler,
	feed.RegisterFeedServiceHandler,
	logs.RegisterLogsServiceHandler,
	probe.RegisterProbeServiceHandler,
	storage.RegisterStorageServiceHandler,
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gateway HOST:PORT SERVICES")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func serve(address, upstream string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	channel, err := grpc.NewClient(upstream, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer channel.Close()
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, marshaler()))
	for _, each := range services {
		if err := each(ctx, mux, channel); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: mux}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// marshaler is grpc-gateway's default, except that it writes the contract's own field names.
func marshaler() runtime.Marshaler {
	return &runtime.HTTPBodyMarshaler{
		Marshaler: &runtime.JSONPb{
			MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true},
			UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true},
		},
	}
}
