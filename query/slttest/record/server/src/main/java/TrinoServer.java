import static io.trino.testing.TestingSession.testSessionBuilder;

import io.trino.plugin.memory.MemoryPlugin;
import io.trino.testing.DistributedQueryRunner;
import java.util.Map;

/** Starts a Trino with a memory catalog on a port of loopback and prints "ready URL". */
public final class TrinoServer {
    private TrinoServer() {}

    public static void main(String[] args) throws Exception {
        var runner = DistributedQueryRunner.builder(testSessionBuilder().setCatalog("memory").setSchema("default").build())
                .setWorkerCount(0)
                .setExtraProperties(Map.of("http-server.http.port", args.length > 0 ? args[0] : "0"))
                .build();
        runner.installPlugin(new MemoryPlugin());
        runner.createCatalog("memory", "memory", Map.of());
        System.out.println("ready " + runner.getCoordinator().getBaseUrl());
        Thread.currentThread().join();
    }
}
