package main

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	auth "example.com/stream-chains/gen/deltastream/auth/v1"
)

const authTimeout = 10 * time.Second

// Credentials say who calls. Without any, the mesh is read anonymously, where it allows that.
type Credentials struct {
	Email, Password string
	APIKey          string
}

// Session authorizes calls. It logs in when it must, and goes on with the refresh tokens of that
// login; each of them works once.
type Session struct {
	auth        auth.AuthServiceClient
	credentials Credentials

	mu           sync.Mutex
	accessToken  string
	renewAt      time.Time
	refreshToken string
}

func NewSession(conn *grpc.ClientConn, credentials Credentials) *Session {
	return &Session{auth: auth.NewAuthServiceClient(conn), credentials: credentials}
}

// Authorize returns a context for calls in the name of whoever logged in.
func (s *Session) Authorize(ctx context.Context) (context.Context, error) {
	switch {
	case s.credentials.APIKey != "":
		return metadata.AppendToOutgoingContext(ctx, "x-api-key", s.credentials.APIKey), nil
	case s.credentials.Email == "":
		return ctx, nil
	}
	token, err := s.token(ctx)
	if err != nil {
		return nil, err
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token), nil
}

// Forget drops an access token that was refused, and says whether another can be had. For an API key
// the mesh gets one itself, and ends streams with it.
func (s *Session) Forget() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	refused := s.accessToken
	s.accessToken = ""
	return refused != "" || s.credentials.APIKey != ""
}

// End logs out, as far as that is possible.
func (s *Session) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refreshToken == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), authTimeout)
	defer cancel()
	_, _ = s.auth.Logout(ctx, &auth.LogoutRequest{RefreshToken: s.refreshToken})
	s.accessToken, s.refreshToken = "", ""
}

func (s *Session) token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accessToken != "" && time.Now().Before(s.renewAt) {
		return s.accessToken, nil
	}
	ctx, cancel := context.WithTimeout(ctx, authTimeout)
	defer cancel()
	s.accessToken = ""
	err := s.renew(ctx)
	return s.accessToken, err
}

func (s *Session) renew(ctx context.Context) error {
	if s.refreshToken != "" {
		answer, err := s.auth.Refresh(ctx, &auth.RefreshRequest{RefreshToken: s.refreshToken})
		if err == nil {
			s.keep(answer.Token, answer.RefreshToken, answer.ExpiresAt)
			return nil
		}
		if status.Code(err) != codes.Unauthenticated {
			return err
		}
		// The session was ended, or not used for too long.
		s.refreshToken = ""
	}
	answer, err := s.auth.Login(ctx, &auth.LoginRequest{
		Email: s.credentials.Email, Password: s.credentials.Password,
	})
	if err != nil {
		return err
	}
	s.keep(answer.Token, answer.RefreshToken, answer.ExpiresAt)
	return nil
}

// keep takes new tokens into use, until a quarter of the access token's life is left.
func (s *Session) keep(token, refreshToken string, expiresAt *timestamppb.Timestamp) {
	s.accessToken, s.refreshToken = token, refreshToken
	s.renewAt = time.Now().Add(time.Until(expiresAt.AsTime()) * 3 / 4)
}
