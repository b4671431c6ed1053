/*
 * Named producers that stay open between requests, so that a transaction can span them or stay open for ever.
 * A request's batches are arrays of records; each array is flushed by itself and so becomes one record batch
 * where batch.size allows.
 */
package strata.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

final class Producers {
    private final String bootstrapServers;
    private final Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();

    Producers(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    JsonNode open(JsonNode request) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        // Batches end at the flush after each array of records, not by time or size.
        properties.put("linger.ms", "5000");
        properties.put("batch.size", "900000");
        properties.put("max.request.size", "8000000");
        properties.putAll(Topics.textMap(request.path("config")));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        if (properties.containsKey("transactional.id")) producer.initTransactions();
        producers.put(name(request), producer);
        return NullNode.getInstance();
    }

    JsonNode send(JsonNode request) throws Exception {
        KafkaProducer<byte[], byte[]> producer = producers.get(name(request));
        TopicPartition partition = Topics.partitionOf(request);
        ArrayNode answer = Driver.JSON.createArrayNode();
        for (JsonNode batch : request.get("batches")) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (JsonNode record : batch) sent.add(producer.send(toRecord(partition, record)));
            producer.flush();
            for (Future<RecordMetadata> future : sent) {
                RecordMetadata told = future.get();
                ObjectNode row = answer.addObject();
                row.put("offset", told.offset());
                row.put("timestamp", told.timestamp());
            }
        }
        return answer;
    }

    private static ProducerRecord<byte[], byte[]> toRecord(TopicPartition to, JsonNode record) throws IOException {
        Long timestamp = record.hasNonNull("timestamp") ? record.get("timestamp").asLong() : null;
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : record.path("headers")) {
            headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
        }
        byte[] key = bytes(record.get("key"));
        byte[] value = bytes(record.get("value"));
        return new ProducerRecord<>(to.topic(), to.partition(), timestamp, key, value, headers);
    }

    private static byte[] bytes(JsonNode base64) throws IOException {
        return base64 == null || base64.isNull() ? null : base64.binaryValue();
    }

    JsonNode begin(JsonNode request) {
        producers.get(name(request)).beginTransaction();
        return NullNode.getInstance();
    }

    JsonNode commit(JsonNode request) {
        producers.get(name(request)).commitTransaction();
        return NullNode.getInstance();
    }

    JsonNode abort(JsonNode request) {
        producers.get(name(request)).abortTransaction();
        return NullNode.getInstance();
    }

    JsonNode sendOffsets(JsonNode request) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
            Map.of(Topics.partitionOf(request), new OffsetAndMetadata(request.get("offset").asLong()));
        producers.get(name(request))
            .sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata(request.get("group").asText()));
        return NullNode.getInstance();
    }

    JsonNode close(JsonNode request) {
        producers.remove(name(request)).close(Duration.ofSeconds(10));
        return NullNode.getInstance();
    }

    private static String name(JsonNode request) {
        return request.get("producer").asText();
    }
}
