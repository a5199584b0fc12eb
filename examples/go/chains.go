package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"log"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enrichment "example.com/stream-chains/gen/deltastream/enrichment/v1"
)

const (
	defaultHeartbeat = 5 * time.Second
	missedHeartbeats = 3
)

// Frames are what a stream says. An error comes once, as the last thing.
type Frames = iter.Seq2[*enrichment.StreamChainsResponse, error]

// Chains streams enriched chains across any number of connections.
type Chains struct {
	client  enrichment.EnrichmentServiceClient
	session *Session
}

func NewChains(conn *grpc.ClientConn, session *Session) *Chains {
	return &Chains{client: enrichment.NewEnrichmentServiceClient(conn), session: session}
}

// Follow yields the frames of StreamChains. Whatever ends a connection, the next one goes on exactly
// after the last frame. Its error is one that no further try would change.
func (c *Chains) Follow(ctx context.Context, request *enrichment.StreamChainsRequest) Frames {
	return func(yield func(*enrichment.StreamChainsResponse, error) bool) {
		request := proto.CloneOf(request)
		patience := patience{session: c.session}
		for {
			var failure error
			var asked time.Duration
			for frame, err := range c.connection(ctx, request) {
				if failure = err; err != nil {
					break
				}
				if frame.GetStarted() == nil {
					patience.recovered()
				}
				request.ResumeToken = cmp.Or(frame.ResumeToken, request.ResumeToken)
				asked = frame.GetGoAway().GetReconnectAfter().AsDuration()
				if !yield(frame, nil) {
					return
				}
			}
			if ctx.Err() != nil || !patience.allows(failure) {
				yield(nil, failure)
				return
			}
			pause := patience.pause(max(asked, retryDelay(failure)))
			log.Printf("connecting again in %v: %s", pause.Round(time.Millisecond), describe(failure))
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
		}
	}
}

// connection yields the frames of one call. There is no error when the server ends it.
func (c *Chains) connection(ctx context.Context, request *enrichment.StreamChainsRequest) Frames {
	return func(yield func(*enrichment.StreamChainsResponse, error) bool) {
		// Ends the call, whichever way this returns.
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		stream, err := c.open(ctx, request)
		if err != nil {
			yield(nil, err)
			return
		}
		silence := missedHeartbeats * defaultHeartbeat
		for expected := uint64(1); ; expected++ {
			watchdog := time.AfterFunc(silence, func() {
				cancel(status.Errorf(codes.Unavailable, "nothing came for %v", silence))
			})
			frame, err := stream.Recv()
			if !watchdog.Stop() && err != nil {
				err = context.Cause(ctx)
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && frame.Sequence != expected {
				err = status.Errorf(codes.DataLoss, "frame %d came instead of %d", frame.Sequence, expected)
			}
			if interval := frame.GetStarted().GetHeartbeatInterval().AsDuration(); interval > 0 {
				silence = missedHeartbeats * interval
			}
			if !yield(frame, err) || err != nil {
				return
			}
		}
	}
}

func (c *Chains) open(
	ctx context.Context, request *enrichment.StreamChainsRequest,
) (grpc.ServerStreamingClient[enrichment.StreamChainsResponse], error) {
	ctx, err := c.session.Authorize(ctx)
	if err != nil {
		return nil, err
	}
	return c.client.StreamChains(ctx, request)
}
