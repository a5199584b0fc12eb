package dev.deltastream.example;

import deltastream.enrichment.v1.EnrichmentServiceGrpc;
import deltastream.enrichment.v1.EnrichmentServiceOuterClass.StreamChainsRequest;
import deltastream.enrichment.v1.EnrichmentServiceOuterClass.StreamChainsResponse;
import deltastream.stream.v1.Stream.DeliveryPolicy;
import deltastream.stream.v1.Stream.SubscriptionOutcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Enriched chains, as one stream across failures: each connection goes on exactly after the last
 * frame of the one before, so that none is missed and none comes twice.
 */
final class ChainStream implements AutoCloseable {
  private static final Duration FIRST_FRAME = Duration.ofSeconds(15);
  private static final int MISSED_HEARTBEATS = 3;

  private final ManagedChannel channel;
  private final Session session;
  private final List<String> products;
  private final Patience patience = new Patience();

  private String token;
  private BlockingClientCall<?, StreamChainsResponse> call;
  private long frames;
  private Duration longestSilence;
  private long pauseMillis;
  private boolean refused;

  /**
   * Connects to nothing yet.
   *
   * @param token of the last frame handled; empty begins with a snapshot
   */
  ChainStream(ManagedChannel channel, Session session, List<String> products, String token) {
    this.channel = channel;
    this.session = session;
    this.products = products;
    this.token = token;
  }

  /** The token that goes on exactly after the last frame. */
  String token() {
    return token;
  }

  /**
   * Waits for the next frame, for as long and over as many connections as it takes.
   *
   * @throws StatusException no further try would change this failure
   */
  StreamChainsResponse next() throws StatusException, InterruptedException {
    while (true) {
      try {
        if (call == null) {
          connect();
        }
        return accept(read());
      } catch (StatusException failed) {
        hangUp();
        pauseMillis = pauseAfter(failed);
      }
    }
  }

  @Override
  public void close() {
    hangUp();
  }

  private void connect() throws StatusException, InterruptedException {
    Thread.sleep(pauseMillis);
    var request =
        StreamChainsRequest.newBuilder()
            .addAllProducts(products)
            .setResumeToken(token)
            .setDelivery(DeliveryPolicy.DELIVERY_POLICY_LOSSLESS)
            .build();
    var enrichment =
        EnrichmentServiceGrpc.newBlockingV2Stub(channel).withInterceptors(session.identity());
    frames = 0;
    longestSilence = FIRST_FRAME;
    call = enrichment.streamChains(request);
  }

  private StreamChainsResponse read() throws StatusException, InterruptedException {
    try {
      var frame = call.read(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
      if (frame == null) {
        throw lost("the server ended the stream without saying goodbye");
      }
      if (frame.getSequence() != ++frames) {
        throw lost("frame %d came where %d was due".formatted(frame.getSequence(), frames));
      }
      return frame;
    } catch (TimeoutException silent) {
      throw lost(
          "nothing came for %d s, not even a heartbeat".formatted(longestSilence.toSeconds()));
    }
  }

  private StreamChainsResponse accept(StreamChainsResponse frame) {
    if (frame.hasStarted()) {
      var interval = frame.getStarted().getHeartbeatInterval();
      longestSilence =
          Duration.ofSeconds(interval.getSeconds(), interval.getNanos())
              .multipliedBy(MISSED_HEARTBEATS);
      for (var subscription : frame.getStarted().getSubscriptionsList()) {
        if (subscription.getOutcome() == SubscriptionOutcome.SUBSCRIPTION_OUTCOME_UNKNOWN) {
          say("%s is not known yet", subscription.getProduct());
        }
      }
      // Its token is older than the snapshot: all that led up to that would come as news.
      return frame;
    }
    patience.restore();
    refused = false;
    token = frame.getResumeToken();
    switch (frame.getFrameCase()) {
      case RESET -> say("chains may be missing: %s", frame.getReset().getReason());
      case LAGGED -> say("%d chains were folded into newer ones", frame.getLagged().getFolded());
      case GO_AWAY -> {
        hangUp();
        var farewell = frame.getGoAway();
        pauseMillis = patience.pauseMillis(farewell.getReconnectAfter());
        say("the server goes away: %s; again in %d ms", farewell.getReason(), pauseMillis);
      }
      default -> {
        // A batch is the caller's. All else, whatever it may be, only moves the token.
      }
    }
    return frame;
  }

  private long pauseAfter(StatusException failed) throws StatusException {
    var failure = Failure.of(failed);
    if (failure.code() == Status.Code.UNAUTHENTICATED && !refused && session.refused()) {
      refused = true;
      say("%s; again with a new token", failure);
      return 0;
    }
    if (failure.isPermanent()) {
      throw failed;
    }
    long pause = patience.pauseMillis(failure.retryAfter());
    say("connection lost: %s; again in %d ms", failure, pause);
    return pause;
  }

  private void hangUp() {
    if (call != null) {
      call.cancel("hung up", null);
      call = null;
    }
    // The connection under the call may be as dead: the next call opens another, and at once.
    channel.enterIdle();
  }

  private static StatusException lost(String why) {
    return Status.UNAVAILABLE.withDescription(why).asException();
  }

  private static void say(String format, Object... arguments) {
    System.err.println(format.formatted(arguments));
  }
}
