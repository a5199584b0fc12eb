package dev.deltastream.example;

import com.google.protobuf.Timestamp;
import deltastream.auth.v1.AuthServiceGrpc;
import deltastream.auth.v1.AuthServiceGrpc.AuthServiceBlockingV2Stub;
import deltastream.auth.v1.AuthServiceOuterClass.LoginRequest;
import deltastream.auth.v1.AuthServiceOuterClass.LoginResponse;
import deltastream.auth.v1.AuthServiceOuterClass.RefreshRequest;
import deltastream.auth.v1.AuthServiceOuterClass.RefreshResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Who is calling: with an access token that is renewed before it ends, a key, or nothing. */
final class Session {
  /** How long a unary call may take. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
  private static final Metadata.Key<String> API_KEY = header("x-api-key");

  private final Channel channel;
  private final LoginRequest login;
  private final String apiKey;
  private String accessToken = "";
  private String refreshToken = "";
  private Instant renewAt = Instant.MIN;

  private Session(Channel channel, LoginRequest login, String apiKey) {
    this.channel = channel;
    this.login = login;
    this.apiKey = apiKey;
  }

  static Session of(Channel channel, Map<String, String> environment) {
    var login =
        LoginRequest.newBuilder()
            .setEmail(environment.getOrDefault("DELTASTREAM_EMAIL", ""))
            .setPassword(environment.getOrDefault("DELTASTREAM_PASSWORD", ""))
            .build();
    return new Session(channel, login, environment.getOrDefault("DELTASTREAM_API_KEY", ""));
  }

  /** Returns what puts the caller's credentials on a call that is made now. */
  ClientInterceptor identity() throws StatusException {
    var headers = new Metadata();
    if (logsIn()) {
      headers.put(AUTHORIZATION, "Bearer " + currentToken());
    } else if (!apiKey.isEmpty()) {
      headers.put(API_KEY, apiKey);
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** Takes note that a call was refused, and says whether the next may fare better. */
  boolean refused() {
    // For a key the mesh gets tokens: it had one that ended.
    boolean renewable = logsIn() ? !accessToken.isEmpty() : !apiKey.isEmpty();
    accessToken = "";
    return renewable;
  }

  private boolean logsIn() {
    return !login.getEmail().isEmpty();
  }

  private String currentToken() throws StatusException {
    if (accessToken.isEmpty() || !Instant.now().isBefore(renewAt)) {
      renew();
    }
    return accessToken;
  }

  private void renew() throws StatusException {
    if (!refreshToken.isEmpty()) {
      try {
        RefreshResponse next =
            auth().refresh(RefreshRequest.newBuilder().setRefreshToken(refreshToken).build());
        hold(next.getToken(), next.getRefreshToken(), next.getExpiresAt());
        return;
      } catch (StatusException refused) {
        if (refused.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
          throw refused;
        }
        // The session is over. What is left is to begin another.
        hold("", "", Timestamp.getDefaultInstance());
      }
    }
    LoginResponse first = auth().login(login);
    hold(first.getToken(), first.getRefreshToken(), first.getExpiresAt());
  }

  private void hold(String accessToken, String refreshToken, Timestamp expiresAt) {
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
    var now = Instant.now();
    var life = Duration.between(now, Instant.ofEpochSecond(expiresAt.getSeconds()));
    renewAt = now.plus(life.multipliedBy(3).dividedBy(4));
  }

  private AuthServiceBlockingV2Stub auth() {
    return AuthServiceGrpc.newBlockingV2Stub(channel).withDeadlineAfter(PATIENCE);
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
