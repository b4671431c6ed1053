/*
 * Speaks to a broker for the Node programs beside it: one JSON request a line on standard input, one reply a line
 * on standard output, in order. What it reports is what Kafka's own clients say.
 * Knows nothing of files on disk, and nothing of Strata.
 */
package strata.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

public final class Driver {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Topics topics;
    private final Producers producers;
    private final Reader reader;

    private Driver(String bootstrapServers) {
        this.topics = new Topics(bootstrapServers);
        this.producers = new Producers(bootstrapServers);
        this.reader = new Reader(bootstrapServers);
    }

    private JsonNode answer(JsonNode request) throws Exception {
        switch (request.get("op").asText()) {
            case "ready": return topics.awaitBroker();
            case "createTopic": return topics.create(request);
            case "topicConfig": return topics.setTopicConfig(request);
            case "brokerConfig": return topics.setBrokerConfig(request);
            case "describeConfig": return topics.describeTopicConfig(request);
            case "deleteRecords": return topics.deleteRecords(request);
            case "deleteTopic": return topics.delete(request);
            case "listOffsets": return topics.listOffsets(request);
            case "openProducer": return producers.open(request);
            case "send": return producers.send(request);
            case "begin": return producers.begin(request);
            case "commit": return producers.commit(request);
            case "abort": return producers.abort(request);
            case "sendOffsets": return producers.sendOffsets(request);
            case "closeProducer": return producers.close(request);
            case "consume": return reader.consume(request);
            case "commitOffsets": return reader.commitOffsets(request);
            case "joinGroup": return reader.joinGroup(request);
            default: throw new IllegalArgumentException("unknown op " + request.get("op"));
        }
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream replies = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        Driver driver = new Driver(arguments[0]);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            ObjectNode reply = JSON.createObjectNode();
            try {
                reply.set("value", driver.answer(JSON.readTree(line)));
            } catch (Exception failure) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                reply.put("error", cause.getClass().getSimpleName() + ": " + cause.getMessage());
            }
            replies.println(JSON.writeValueAsString(reply));
        }
        // An orderly exit would close the producers, which aborts transactions that are meant to stay open.
        Runtime.getRuntime().halt(0);
    }
}
