import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Runs mongo-java-server on a file of H2 for the tests of the MongoDB adapter.
 *
 * <pre>MongoJavaServer HOST:PORT FOLDER</pre>
 *
 * Prints the server's URL once it listens; port 0 takes a free one. SIGTERM ends it.
 */
public final class MongoJavaServer {
  /** The oldest version that today's drivers talk to. The server calls itself 5.0 of wire 8. */
  private static final MongoVersion SPOKEN =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
          return 9;
        }
      };

  private MongoJavaServer() {}

  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      System.err.println("usage: MongoJavaServer HOST:PORT FOLDER");
      System.exit(2);
    }
    int colon = arguments[0].lastIndexOf(':');
    H2Backend backend = new H2Backend(arguments[1] + "/market.mv");
    backend.version(SPOKEN);
    MongoServer server = new MongoServer(backend);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind(
        new InetSocketAddress(
            arguments[0].substring(0, colon), Integer.parseInt(arguments[0].substring(colon + 1))));
    InetSocketAddress address = server.getLocalAddress();
    System.out.println(
        "mongodb://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/");
  }
}
