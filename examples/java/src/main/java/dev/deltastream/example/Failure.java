package dev.deltastream.example;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a call failed, in the mesh's words.
 *
 * @param code the gRPC status
 * @param reason a name of the contract's ErrorReason; where gRPC itself failed, that of the code
 * @param message for people
 * @param retryAfter how long the server asks to stay away; zero where it does not ask
 */
record Failure(Status.Code code, String reason, String message, Duration retryAfter) {

  static Failure of(StatusException exception) {
    var status = exception.getStatus();
    var details = StatusProto.fromThrowable(exception).getDetailsList();
    return new Failure(
        status.getCode(),
        find(ErrorInfo.class, details).map(ErrorInfo::getReason).orElse(status.getCode().name()),
        message(status),
        find(RetryInfo.class, details)
            .map(RetryInfo::getRetryDelay)
            .orElse(Duration.getDefaultInstance()));
  }

  /** Says whether trying again would change nothing. */
  boolean isPermanent() {
    return switch (code) {
      case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return reason + ": " + message;
  }

  /** Returns what was said and, where nobody answered, why. */
  private static String message(Status status) {
    var said = Objects.requireNonNullElse(status.getDescription(), "no details");
    var cause = status.getCause();
    if (cause == null || cause.getMessage() == null) {
      return firstLine(said);
    }
    return firstLine(said) + ": " + firstLine(cause.getMessage());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static <T extends Message> Optional<T> find(Class<T> type, List<Any> details) {
    for (var detail : details) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException malformed) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
