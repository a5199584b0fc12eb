// Stream-chains prints enriched option chains as they come, and misses none.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	enrichment "example.com/stream-chains/gen/deltastream/enrichment/v1"
	market "example.com/stream-chains/gen/deltastream/market/v1"
	storage "example.com/stream-chains/gen/deltastream/storage/v1"
	streams "example.com/stream-chains/gen/deltastream/stream/v1"
)

const listTimeout = 10 * time.Second

type options struct {
	address  string
	count    int
	bookmark string
	products []string
}

func main() {
	log.SetFlags(log.Ltime)
	options := readOptions()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, options); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, describe(err))
		os.Exit(1)
	}
}

func readOptions() options {
	var o options
	flag.StringVar(&o.address, "address", "localhost:8009", "`HOST:PORT` of the mesh, or https://HOST:PORT")
	flag.IntVar(&o.count, "count", 0, "end after `N` chains, at the end of a frame; 0 never ends")
	flag.StringVar(&o.bookmark, "bookmark", "", "`FILE` that remembers where to go on the next time")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "Usage: stream-chains [options] [PRODUCT ...]\n\n"+
			"Log in with DELTASTREAM_EMAIL and DELTASTREAM_PASSWORD, or DELTASTREAM_API_KEY.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	o.products = flag.Args()
	return o
}

func run(ctx context.Context, o options) error {
	conn, err := dial(o.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	session := NewSession(conn, Credentials{
		Email:    os.Getenv("DELTASTREAM_EMAIL"),
		Password: os.Getenv("DELTASTREAM_PASSWORD"),
		APIKey:   os.Getenv("DELTASTREAM_API_KEY"),
	})
	defer session.End()
	if err := printProducts(ctx, conn, session); err != nil {
		return err
	}
	return printChains(ctx, NewChains(conn, session), o)
}

// dial prepares a connection that notices when its peer is gone, and is soon made again.
func dial(address string) (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	target, encrypted := strings.CutPrefix(address, "https://")
	if encrypted {
		transport = credentials.NewTLS(&tls.Config{})
	}
	return grpc.NewClient(target,
		grpc.WithTransportCredentials(transport),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 3 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{
				BaseDelay: firstPause, Multiplier: 2, Jitter: 0.5, MaxDelay: longestPause,
			},
			MinConnectTimeout: 5 * time.Second,
		}),
	)
}

func printProducts(ctx context.Context, conn *grpc.ClientConn, session *Session) error {
	ctx, err := session.Authorize(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	answer, err := storage.NewStorageServiceClient(conn).
		ListProducts(ctx, &storage.ListProductsRequest{})
	if err != nil {
		return err
	}
	for _, product := range answer.Products {
		fmt.Println("product", product)
	}
	return nil
}

func printChains(ctx context.Context, chains *Chains, o options) error {
	token, err := readBookmark(o.bookmark)
	if err != nil {
		return err
	}
	request := &enrichment.StreamChainsRequest{
		Products:    o.products,
		ResumeToken: token,
		Delivery:    streams.DeliveryPolicy_DELIVERY_POLICY_LOSSLESS,
	}
	printed := 0
	for frame, err := range chains.Follow(ctx, request) {
		if err != nil {
			return err
		}
		n, err := printFrame(frame)
		if err != nil {
			return err
		}
		// Only now: what is not printed is to come again.
		if err := writeBookmark(o.bookmark, frame.ResumeToken); err != nil {
			return err
		}
		// A token stands for a whole frame: one that was begun is printed to its end.
		if printed += n; o.count > 0 && printed >= o.count {
			return nil
		}
	}
	return nil
}

// printFrame returns how many chains were in it.
func printFrame(frame *enrichment.StreamChainsResponse) (int, error) {
	switch f := frame.Frame.(type) {
	case *enrichment.StreamChainsResponse_Batch:
		out := bufio.NewWriter(os.Stdout)
		for _, chain := range f.Batch.Chains {
			fmt.Fprintln(out, line(chain))
		}
		return len(f.Batch.Chains), out.Flush()
	case *enrichment.StreamChainsResponse_Reset_:
		log.Printf("chains may be missing: %v", f.Reset_.Reason)
	case *enrichment.StreamChainsResponse_Lagged:
		log.Printf("too slow: %d chains were left out", f.Lagged.Folded)
	case *enrichment.StreamChainsResponse_GoAway:
		log.Printf("the server is going away: %v", f.GoAway.Reason)
	}
	return 0, nil
}

func line(chain *market.EnrichedChain) string {
	return fmt.Sprintf("chain %s %s %s spot=%s iv=%s pcr=%s",
		chain.Product, chain.Expiry, chain.Timestamp.AsTime().Format(time.RFC3339Nano),
		figure(chain.SpotPrice), figure(chain.AtmIv), figure(chain.PcrOi))
}

// figure writes all digits of a number that may be absent.
func figure(number *float64) string {
	if number == nil {
		return "?"
	}
	return strconv.FormatFloat(*number, 'f', -1, 64)
}

func readBookmark(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	token, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(token), err
}

// writeBookmark replaces the file as a whole: whenever the program is ended, one token is there.
func writeBookmark(file, token string) error {
	if file == "" || token == "" {
		return nil
	}
	if err := os.WriteFile(file+".new", []byte(token), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
