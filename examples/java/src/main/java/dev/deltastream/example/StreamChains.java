package dev.deltastream.example;

import deltastream.enrichment.v1.EnrichmentServiceOuterClass.StreamChainsResponse;
import deltastream.market.v1.Chain.EnrichedChain;
import deltastream.storage.v1.StorageServiceGrpc;
import deltastream.storage.v1.StorageServiceOuterClass.ListProductsRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the products of a mesh, and then enriched option chains as they come. */
@Command(
    name = "stream-chains",
    mixinStandardHelpOptions = true,
    version = "1.0.0",
    sortOptions = false,
    description = "Prints the products of a mesh, and then enriched option chains as they come.",
    footer = {
      "",
      "Environment:",
      "  DELTASTREAM_EMAIL, DELTASTREAM_PASSWORD   Who logs in.",
      "  DELTASTREAM_API_KEY                       Or a key. By default nobody."
    })
public final class StreamChains implements Callable<Integer> {
  private static final int LARGEST_FRAME = 16 << 20;

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:8009",
      description = "The mesh's gRPC address, after https:// for TLS. (${DEFAULT-VALUE})")
  private String address;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after the frame with the Nth chain.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--bookmark",
      paramLabel = "FILE",
      description = "Begin where the last run with this file ended.")
  private Path bookmark;

  @Parameters(paramLabel = "PRODUCT", description = "Symbols to stream; all, if none is named.")
  private List<String> products = List.of();

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new StreamChains())
            .setExecutionExceptionHandler(StreamChains::explain)
            .execute(arguments));
  }

  @Override
  public Integer call() throws StatusException, InterruptedException, IOException {
    if (count < 1) {
      throw new ParameterException(spec.commandLine(), "--count must be at least 1");
    }
    ManagedChannel channel = connect();
    try {
      var session = Session.of(channel, System.getenv());
      listProducts(channel, session);
      stream(channel, session);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    return 0;
  }

  private ManagedChannel connect() {
    var credentials =
        address.startsWith("https://")
            ? TlsChannelCredentials.create()
            : InsecureChannelCredentials.create();
    try {
      return Grpc.newChannelBuilder(address.replaceFirst("^https?://", ""), credentials)
          .keepAliveTime(10, TimeUnit.SECONDS)
          .keepAliveTimeout(5, TimeUnit.SECONDS)
          .maxInboundMessageSize(LARGEST_FRAME)
          .build();
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(spec.commandLine(), "--address: " + malformed.getMessage());
    }
  }

  private static void listProducts(ManagedChannel channel, Session session) throws StatusException {
    var storage =
        StorageServiceGrpc.newBlockingV2Stub(channel)
            .withInterceptors(session.identity())
            .withDeadlineAfter(Session.PATIENCE);
    for (String product :
        storage.listProducts(ListProductsRequest.getDefaultInstance()).getProductsList()) {
      System.out.println("product " + product);
    }
  }

  private void stream(ManagedChannel channel, Session session)
      throws StatusException, InterruptedException, IOException {
    try (var chains = new ChainStream(channel, session, products, lastToken())) {
      for (long printed = 0; printed < count; ) {
        StreamChainsResponse frame = chains.next();
        for (EnrichedChain chain : frame.getBatch().getChainsList()) {
          System.out.println(line(chain));
          printed++;
        }
        keep(chains.token());
      }
    }
  }

  private static String line(EnrichedChain chain) {
    var time =
        Instant.ofEpochSecond(chain.getTimestamp().getSeconds(), chain.getTimestamp().getNanos());
    return "chain %s %s %s spot=%s iv=%s pcr=%s"
        .formatted(
            chain.getProduct(),
            chain.getExpiry(),
            time,
            chain.hasSpotPrice() ? digits(chain.getSpotPrice()) : "?",
            chain.hasAtmIv() ? digits(chain.getAtmIv()) : "?",
            chain.hasPcrOi() ? digits(chain.getPcrOi()) : "?");
  }

  private static String digits(double number) {
    return BigDecimal.valueOf(number).toPlainString();
  }

  private String lastToken() throws IOException {
    return bookmark != null && Files.exists(bookmark) ? Files.readString(bookmark).strip() : "";
  }

  /** Replaces the bookmark as a whole: whenever the program is killed, there is one to begin at. */
  private void keep(String token) throws IOException {
    if (bookmark != null) {
      Path next = bookmark.resolveSibling(bookmark.getFileName() + ".new");
      Files.writeString(next, token);
      Files.move(
          next, bookmark, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static int explain(
      Exception exception, CommandLine command, CommandLine.ParseResult arguments) {
    System.err.println(
        exception instanceof StatusException failed ? Failure.of(failed) : exception);
    return CommandLine.ExitCode.SOFTWARE;
  }
}
