/*
 * What the consumer does: reads a partition from its start to its end, and leaves offsets and group records behind.
 */
package strata.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

final class Reader {
    private static final long READ_WITHIN_MS = 60_000;
    /** Since the last record: a machine that is busy with other work may let a broker wait for long. */
    private static final long STUCK_AFTER_MS = 240_000;
    private final String bootstrapServers;

    Reader(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** All records of a partition under an isolation level, from the log start offset (or "from") to the end. */
    JsonNode consume(JsonNode request) {
        TopicPartition partition = Topics.partitionOf(request);
        Map<String, String> config = Map.of("isolation.level", request.path("isolation").asText("read_uncommitted"));
        ArrayNode answer = Driver.JSON.createArrayNode();
        try (KafkaConsumer<byte[], byte[]> consumer = open(config)) {
            consumer.assign(List.of(partition));
            if (request.hasNonNull("from")) consumer.seek(partition, request.get("from").asLong());
            else consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long position = -1;
            long deadline = 0;
            while (consumer.position(partition) < end) {
                if (consumer.position(partition) > position) {
                    position = consumer.position(partition);
                    deadline = System.currentTimeMillis() + STUCK_AFTER_MS;
                } else if (System.currentTimeMillis() > deadline) {
                    throw new IllegalStateException(
                        partition + " is stuck at offset " + position + ", and ends at " + end);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    answer.add(toJson(record));
                }
            }
        }
        return answer;
    }

    private static ObjectNode toJson(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode row = Driver.JSON.createObjectNode();
        row.put("offset", record.offset());
        row.put("timestamp", record.timestamp());
        row.put("timestampType", record.timestampType().toString());
        row.put("leaderEpoch", record.leaderEpoch().orElse(null));
        row.put("key", record.key());
        row.put("value", record.value());
        ArrayNode headers = row.putArray("headers");
        for (Header header : record.headers()) headers.addArray().add(header.key()).add(header.value());
        return row;
    }

    /** Commits an offset of a group that has no members. */
    JsonNode commitOffsets(JsonNode request) {
        try (KafkaConsumer<byte[], byte[]> consumer = open(Map.of("group.id", request.get("group").asText()))) {
            TopicPartition partition = Topics.partitionOf(request);
            consumer.assign(List.of(partition));
            String metadata = request.path("metadata").asText("");
            consumer.commitSync(Map.of(partition,
                new OffsetAndMetadata(request.get("offset").asLong(), metadata)));
        }
        return NullNode.getInstance();
    }

    /** Joins a group, reads until something is assigned, commits and leaves. "config" chooses the group protocol. */
    JsonNode joinGroup(JsonNode request) {
        Map<String, String> config = Topics.textMap(request.path("config"));
        config.put("group.id", request.get("group").asText());
        config.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer = open(config)) {
            consumer.subscribe(List.of(request.get("topic").asText()));
            long deadline = System.currentTimeMillis() + READ_WITHIN_MS;
            while (consumer.assignment().isEmpty() && System.currentTimeMillis() < deadline) {
                consumer.poll(Duration.ofMillis(200));
            }
            consumer.poll(Duration.ofMillis(500));
            consumer.commitSync();
        }
        return NullNode.getInstance();
    }

    private KafkaConsumer<byte[], byte[]> open(Map<String, String> config) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("enable.auto.commit", "false");
        properties.putAll(config);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
