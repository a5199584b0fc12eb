package main

import (
	"math/rand/v2"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 3 * time.Second
)

// patience says whether a lost stream is tried again, and when.
type patience struct {
	session *Session
	tries   int
	renewed bool
}

// recovered takes the stream for well again.
func (p *patience) recovered() {
	p.tries, p.renewed = 0, false
}

// allows says whether a further try might change a failure. A refused token is replaced, once.
func (p *patience) allows(failure error) bool {
	switch status.Code(failure) {
	case codes.Unauthenticated:
		refusedAgain := p.renewed
		p.renewed = true
		return !refusedAgain && p.session.Forget()
	case codes.InvalidArgument, codes.PermissionDenied, codes.Unimplemented:
		return false
	}
	return true
}

// pause grows from try to try, and is never shorter than the server asks. Chance keeps clients that
// were sent away together from coming back together.
func (p *patience) pause(asked time.Duration) time.Duration {
	longest := min(longestPause, firstPause<<min(p.tries, 16))
	p.tries++
	return max(longest/2+rand.N(longest/2), asked+rand.N(asked/2+1))
}

// retryDelay is how long the server asks to wait.
func retryDelay(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.RetryDelay.AsDuration()
		}
	}
	return 0
}

// describe says what went wrong, with the reason of the contract where there is one.
func describe(err error) string {
	if err == nil {
		return "the server ended the stream"
	}
	failure, ok := status.FromError(err)
	if !ok {
		return err.Error()
	}
	for _, detail := range failure.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason + ": " + failure.Message()
		}
	}
	return failure.Code().String() + ": " + failure.Message()
}
