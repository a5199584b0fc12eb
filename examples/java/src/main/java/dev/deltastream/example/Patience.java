package dev.deltastream.example;

import com.google.protobuf.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next try: hardly at first, then ever longer. */
final class Patience {
  private static final long FIRST_MILLIS = 100;
  private static final long MOST_MILLIS = 5_000;

  private int tries;

  /** Starts over, as after a success. */
  void restore() {
    tries = 0;
  }

  /** Returns the next pause in milliseconds, which is never shorter than the server asks for. */
  long pauseMillis(Duration asked) {
    long longest = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(tries++, 16));
    // Chance keeps clients that lost the same server from coming back at the same moment.
    double chance = ThreadLocalRandom.current().nextDouble();
    long ours = Math.round(longest * (1 + chance) / 2);
    long wish = asked.getSeconds() * 1_000 + asked.getNanos() / 1_000_000;
    long theirs = Math.round(wish * (1 + chance / 2));
    return Math.max(ours, theirs);
  }
}
