/*
 * What the admin client does: topics, their settings, deleted records, offsets as ListOffsets gives them.
 * Uses only calls that exist in every client from 2.8 on.
 */
package strata.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

final class Topics {
    private static final long READY_WITHIN_MS = 90_000;
    private final Admin admin;

    Topics(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        this.admin = Admin.create(properties);
    }

    /** Returns when the broker has registered and answers. */
    JsonNode awaitBroker() throws Exception {
        long deadline = System.currentTimeMillis() + READY_WITHIN_MS;
        while (true) {
            try {
                if (!admin.describeCluster().nodes().get().isEmpty()) return NullNode.getInstance();
            } catch (ExecutionException notYet) {
                if (System.currentTimeMillis() > deadline) throw notYet;
            }
            Thread.sleep(100);
        }
    }

    JsonNode create(JsonNode request) throws Exception {
        int partitionCount = request.path("partitions").asInt(1);
        NewTopic topic = new NewTopic(request.get("topic").asText(), partitionCount, (short) 1);
        admin.createTopics(List.of(topic.configs(textMap(request.path("config"))))).all().get();
        return NullNode.getInstance();
    }

    JsonNode delete(JsonNode request) throws Exception {
        admin.deleteTopics(List.of(request.get("topic").asText())).all().get();
        return NullNode.getInstance();
    }

    JsonNode setTopicConfig(JsonNode request) throws Exception {
        return setConfig(ConfigResource.Type.TOPIC, request.get("topic").asText(), request.get("config"));
    }

    /** An empty broker id means the default of the whole cluster. */
    JsonNode setBrokerConfig(JsonNode request) throws Exception {
        return setConfig(ConfigResource.Type.BROKER, request.path("broker").asText(""), request.get("config"));
    }

    private JsonNode setConfig(ConfigResource.Type type, String name, JsonNode config) throws Exception {
        List<AlterConfigOp> operations = new ArrayList<>();
        config.fields().forEachRemaining(field -> {
            boolean isRemoval = field.getValue().isNull();
            ConfigEntry entry = new ConfigEntry(field.getKey(), isRemoval ? "" : field.getValue().asText());
            operations.add(new AlterConfigOp(entry,
                isRemoval ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET));
        });
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), operations)).all().get();
        return NullNode.getInstance();
    }

    /** Every setting in force for a topic: value and where it is from, as the broker tells it. */
    JsonNode describeTopicConfig(JsonNode request) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, request.get("topic").asText());
        ObjectNode answer = Driver.JSON.createObjectNode();
        for (ConfigEntry entry : admin.describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
            ObjectNode row = answer.putObject(entry.name());
            row.put("value", entry.value());
            row.put("source", entry.source().name());
        }
        return answer;
    }

    JsonNode deleteRecords(JsonNode request) throws Exception {
        long beforeOffset = request.get("beforeOffset").asLong();
        admin.deleteRecords(Map.of(partitionOf(request), RecordsToDelete.beforeOffset(beforeOffset))).all().get();
        return NullNode.getInstance();
    }

    /** earliest = log start offset, latest = high watermark, latestCommitted = last stable offset. */
    JsonNode listOffsets(JsonNode request) throws Exception {
        TopicPartition partition = partitionOf(request);
        ObjectNode answer = Driver.JSON.createObjectNode();
        answer.put("earliest", offset(partition, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED));
        answer.put("latest", offset(partition, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED));
        answer.put("latestCommitted", offset(partition, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED));
        return answer;
    }

    private long offset(TopicPartition partition, OffsetSpec spec, IsolationLevel isolation) throws Exception {
        return admin.listOffsets(Map.of(partition, spec), new ListOffsetsOptions(isolation))
            .partitionResult(partition).get().offset();
    }

    static TopicPartition partitionOf(JsonNode request) {
        return new TopicPartition(request.get("topic").asText(), request.path("partition").asInt(0));
    }

    static Map<String, String> textMap(JsonNode object) {
        Map<String, String> map = new HashMap<>();
        object.fields().forEachRemaining(field -> map.put(field.getKey(), field.getValue().asText()));
        return map;
    }
}
