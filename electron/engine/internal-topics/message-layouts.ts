/**
 * The layouts of the records in Kafka's internal topics, as Kafka 4.4 defines them (the message definitions of its
 * coordinators, controllers and tiered storage), and what 3.9 wrote besides. Text only; parse-layouts.ts reads it.
 *
 *   [key|value] TYPE NAME VERSIONS [flexible VERSIONS]: FIELD, FIELD, …
 *   a field: NAME TYPE [VERSIONS] [tag NUMBER], in the order of the bytes; without versions it is in all of them
 *   a type: a primitive, []TYPE, or { FIELD, … }, with ? behind it where it may be null; strings and arrays always may
 *
 * Fields that older versions had and no version here has are none of ours: their records are shown raw.
 */

/** __consumer_offsets: groups of every protocol and what they committed. */
export const CONSUMER_OFFSETS = `
key 0 LegacyOffsetCommit 0: group string, topic string, partition int32
key 9 ShareGroupPartitionMetadata 0: groupId string
value 0 LegacyOffsetCommit 0: offset int64, metadata string, commitTimestamp int64
value 9 ShareGroupPartitionMetadata 0 flexible 0+: initializedTopics []{ topicId uuid, topicName string,
  partitions []int32 }, deletingTopics []{ topicId uuid, topicName string }
key 1 OffsetCommit 0: group string, topic string, partition int32
value 1 OffsetCommit 0-4 flexible 4+: offset int64, leaderEpoch int32 3+, metadata string, commitTimestamp
  int64, expireTimestamp int64 1, topicId uuid 4+ tag 0
key 2 GroupMetadata 0: group string
value 2 GroupMetadata 0-4 flexible 4+: protocolType string, generation int32, protocol string, leader
  string, currentStateTimestamp int64 2+, members []{ memberId string, groupInstanceId string 3+, clientId
  string, clientHost string, rebalanceTimeout int32 1+, sessionTimeout int32, subscription bytes, assignment
  bytes }
key 3 ConsumerGroupMetadata 0: groupId string
value 3 ConsumerGroupMetadata 0 flexible 0+: epoch int32, metadataHash int64 tag 0
key 4 ConsumerGroupPartitionMetadata 0: groupId string
value 4 ConsumerGroupPartitionMetadata 0 flexible 0+: topics []{ topicId uuid, topicName string,
  numPartitions int32, partitionMetadata []{ partition int32, racks []string } }
key 5 ConsumerGroupMemberMetadata 0: groupId string, memberId string
value 5 ConsumerGroupMemberMetadata 0 flexible 0+: instanceId string, rackId string, clientId string,
  clientHost string, subscribedTopicNames []string, subscribedTopicRegex string, rebalanceTimeoutMs int32,
  serverAssignor string, classicMemberMetadata { sessionTimeoutMs int32, supportedProtocols []{ name string,
  metadata bytes } }? tag 0
key 6 ConsumerGroupTargetAssignmentMetadata 0: groupId string
value 6 ConsumerGroupTargetAssignmentMetadata 0 flexible 0+: assignmentEpoch int32, assignmentTimestamp
  int64 tag 0
key 7 ConsumerGroupTargetAssignmentMember 0: groupId string, memberId string
value 7 ConsumerGroupTargetAssignmentMember 0 flexible 0+: topicPartitions []{ topicId uuid, partitions
  []int32 }
key 8 ConsumerGroupCurrentMemberAssignment 0: groupId string, memberId string
value 8 ConsumerGroupCurrentMemberAssignment 0 flexible 0+: memberEpoch int32, previousMemberEpoch int32,
  state int8, assignedPartitions []{ topicId uuid, partitions []int32, assignmentEpochs []int32 tag 0 },
  partitionsPendingRevocation []{ topicId uuid, partitions []int32, assignmentEpochs []int32 tag 0 }
key 10 ShareGroupMemberMetadata 0: groupId string, memberId string
value 10 ShareGroupMemberMetadata 0 flexible 0+: rackId string, clientId string, clientHost string,
  subscribedTopicNames []string
key 11 ShareGroupMetadata 0: groupId string
value 11 ShareGroupMetadata 0 flexible 0+: epoch int32, metadataHash int64
key 12 ShareGroupTargetAssignmentMetadata 0: groupId string
value 12 ShareGroupTargetAssignmentMetadata 0 flexible 0+: assignmentEpoch int32, assignmentTimestamp int64
  tag 0
key 13 ShareGroupTargetAssignmentMember 0: groupId string, memberId string
value 13 ShareGroupTargetAssignmentMember 0 flexible 0+: topicPartitions []{ topicId uuid, partitions
  []int32 }
key 14 ShareGroupCurrentMemberAssignment 0: groupId string, memberId string
value 14 ShareGroupCurrentMemberAssignment 0 flexible 0+: memberEpoch int32, previousMemberEpoch int32,
  state int8, assignedPartitions []{ topicId uuid, partitions []int32 }
key 15 ShareGroupStatePartitionMetadata 0: groupId string
value 15 ShareGroupStatePartitionMetadata 0 flexible 0+: initializingTopics []{ topicId uuid, topicName
  string, partitions []int32 }, initializedTopics []{ topicId uuid, topicName string, partitions []int32 },
  deletingTopics []{ topicId uuid, topicName string }
key 16 ConsumerGroupRegularExpression 0: groupId string, regularExpression string
value 16 ConsumerGroupRegularExpression 0 flexible 0+: topics []string, version int64, timestamp int64
key 17 StreamsGroupMetadata 0: groupId string
value 17 StreamsGroupMetadata 0 flexible 0+: epoch int32, metadataHash int64, validatedTopologyEpoch int32
  tag 0, lastAssignmentConfigs []{ key string, value string } tag 1, storedDescriptionTopologyEpoch int32
  tag 2, failedDescriptionTopologyEpoch int32 tag 3
key 19 StreamsGroupMemberMetadata 0: groupId string, memberId string
value 19 StreamsGroupMemberMetadata 0 flexible 0+: instanceId string, rackId string, clientId string,
  clientHost string, rebalanceTimeoutMs int32, topologyEpoch int32, processId string, userEndpoint { host
  string, port uint16 }?, clientTags []{ key string, value string }
key 20 StreamsGroupTargetAssignmentMetadata 0: groupId string
value 20 StreamsGroupTargetAssignmentMetadata 0 flexible 0+: assignmentEpoch int32, assignmentTimestamp
  int64 tag 0
key 21 StreamsGroupTargetAssignmentMember 0: groupId string, memberId string
value 21 StreamsGroupTargetAssignmentMember 0 flexible 0+: activeTasks []{ subtopologyId string, partitions
  []int32 }, standbyTasks []{ subtopologyId string, partitions []int32 }, warmupTasks []{ subtopologyId
  string, partitions []int32 }
key 22 StreamsGroupCurrentMemberAssignment 0: groupId string, memberId string
value 22 StreamsGroupCurrentMemberAssignment 0 flexible 0+: memberEpoch int32, previousMemberEpoch int32,
  state int8, activeTasks []{ subtopologyId string, partitions []int32, assignmentEpochs []int32 tag 0 },
  standbyTasks []{ subtopologyId string, partitions []int32, assignmentEpochs []int32 tag 0 }, warmupTasks
  []{ subtopologyId string, partitions []int32, assignmentEpochs []int32 tag 0 },
  activeTasksPendingRevocation []{ subtopologyId string, partitions []int32, assignmentEpochs []int32 tag 0
  }, standbyTasksPendingRevocation []{ subtopologyId string, partitions []int32, assignmentEpochs []int32
  tag 0 }, warmupTasksPendingRevocation []{ subtopologyId string, partitions []int32, assignmentEpochs
  []int32 tag 0 }
key 23 StreamsGroupTopology 0: groupId string
value 23 StreamsGroupTopology 0 flexible 0+: epoch int32, subtopologies []{ subtopologyId string,
  sourceTopics []string, sourceTopicRegex []string, stateChangelogTopics []{ name string, partitions int32,
  replicationFactor int16, topicConfigs []{ key string, value string } }, repartitionSinkTopics []string,
  repartitionSourceTopics []{ name string, partitions int32, replicationFactor int16, topicConfigs []{ key
  string, value string } }, copartitionGroups []{ sourceTopics []int16, sourceTopicRegex []int16,
  repartitionSourceTopics []int16 } }
`;

/** __transaction_state. */
export const TRANSACTION_STATE = `
key 0 TransactionLog 0: transactionalId string
value 0 TransactionLog 0-1 flexible 1+: producerId int64, previousProducerId int64 tag 0 1+, nextProducerId
  int64 tag 1 1+, producerEpoch int16, nextProducerEpoch int16 tag 3 1+, transactionTimeoutMs int32,
  transactionStatus int8, transactionPartitions []{ topic string, partitionIds []int32 },
  transactionLastUpdateTimestampMs int64, transactionStartTimestampMs int64, clientTransactionVersion int16
  tag 2 1+
`;

/** __share_group_state. */
export const SHARE_GROUP_STATE = `
key 0 ShareSnapshot 0: groupId string, topicId uuid, partition int32
value 0 ShareSnapshot 0 flexible 0+: snapshotEpoch int32, stateEpoch int32, leaderEpoch int32, startOffset
  int64, deliveryCompleteCount int32 tag 0, createTimestamp int64, writeTimestamp int64, stateBatches []{
  firstOffset int64, lastOffset int64, deliveryState int8, deliveryCount int16 }
key 1 ShareUpdate 0: groupId string, topicId uuid, partition int32
value 1 ShareUpdate 0 flexible 0+: snapshotEpoch int32, leaderEpoch int32, startOffset int64,
  deliveryCompleteCount int32 tag 0, stateBatches []{ firstOffset int64, lastOffset int64, deliveryState
  int8, deliveryCount int16 }
`;

/** __cluster_metadata: values only, in a frame that names type and version. */
export const CLUSTER_METADATA = `
0 RegisterBroker 0-4 flexible 0+: brokerId int32, isMigratingZkBroker bool 2+, incarnationId uuid,
  brokerEpoch int64, endPoints []{ name string, host string, port uint16, securityProtocol int16 }, features
  []{ name string, minSupportedVersion int16, maxSupportedVersion int16 }, rack string, fenced bool,
  inControlledShutdown bool 1+, logDirs []uuid 3+ tag 0, cordonedLogDirs []uuid 4+ tag 1
1 UnregisterBroker 0 flexible 0+: brokerId int32, brokerEpoch int64
2 Topic 0 flexible 0+: name string, topicId uuid
3 Partition 0-2 flexible 0+: partitionId int32, topicId uuid, replicas []int32, isr []int32,
  removingReplicas []int32, addingReplicas []int32, leader int32, leaderRecoveryState int8 tag 0,
  leaderEpoch int32, partitionEpoch int32, directories []uuid 1+, eligibleLeaderReplicas []int32 2+ tag 1,
  lastKnownElr []int32 2+ tag 2
4 Config 0 flexible 0+: resourceType int8, resourceName string, name string, value string
5 PartitionChange 0-2 flexible 0+: partitionId int32, topicId uuid, isr []int32 tag 0, leader int32 tag 1,
  replicas []int32 tag 2, removingReplicas []int32 tag 3, addingReplicas []int32 tag 4, leaderRecoveryState
  int8 tag 5, directories []uuid 1+ tag 8, eligibleLeaderReplicas []int32 2+ tag 6, lastKnownElr []int32 2+
  tag 7
7 FenceBroker 0 flexible 0+: id int32, epoch int64
8 UnfenceBroker 0 flexible 0+: id int32, epoch int64
9 RemoveTopic 0 flexible 0+: topicId uuid
10 DelegationToken 0 flexible 0+: owner string, requester string, renewers []string, issueTimestamp int64,
  maxTimestamp int64, expirationTimestamp int64, tokenId string
11 UserScramCredential 0 flexible 0+: name string, mechanism int8, salt bytes, storedKey bytes, serverKey
  bytes, iterations int32
12 FeatureLevel 0 flexible 0+: name string, featureLevel int16
14 ClientQuota 0 flexible 0+: entity []{ entityType string, entityName string }, key string, value float64,
  remove bool
15 ProducerIds 0 flexible 0+: brokerId int32, brokerEpoch int64, nextProducerId int64
17 BrokerRegistrationChange 0-3 flexible 0+: brokerId int32, brokerEpoch int64, fenced int8 tag 0,
  inControlledShutdown int8 1+ tag 1, logDirs []uuid 2+ tag 2, cordonedLogDirs []uuid 3+ tag 3
18 AccessControlEntry 0 flexible 0+: id uuid, resourceType int8, resourceName string, patternType int8,
  principal string, host string, operation int8, permissionType int8
19 RemoveAccessControlEntry 0 flexible 0+: id uuid
20 NoOp 0 flexible 0+:
21 ZkMigrationState 0 flexible 0+: zkMigrationState int8
22 RemoveUserScramCredential 0 flexible 0+: name string, mechanism int8
23 BeginTransaction 0 flexible 0+: name string tag 0
24 EndTransaction 0 flexible 0+:
25 AbortTransaction 0 flexible 0+: reason string tag 0
26 RemoveDelegationToken 0 flexible 0+: tokenId string
27 RegisterController 0 flexible 0+: controllerId int32, incarnationId uuid, zkMigrationReady bool,
  endPoints []{ name string, host string, port uint16, securityProtocol int16 }, features []{ name string,
  minSupportedVersion int16, maxSupportedVersion int16 }
28 ClearElr 0 flexible 0+: topicName string
29 UnregisterController 0 flexible 0+: controllerId int32
`;

/** __remote_log_metadata: as the cluster metadata. */
export const REMOTE_LOG_METADATA = `
0 RemoteLogSegmentMetadata 0 flexible 0+: remoteLogSegmentId { topicIdPartition { name string, id uuid,
  partition int32 }, id uuid }, startOffset int64, endOffset int64, brokerId int32, maxTimestampMs int64,
  eventTimestampMs int64, segmentLeaderEpochs []{ leaderEpoch int32, offset int64 }, segmentSizeInBytes
  int32, customMetadata bytes, remoteLogSegmentState int8, txnIndexEmpty bool tag 0
1 RemoteLogSegmentMetadataUpdate 0 flexible 0+: remoteLogSegmentId { topicIdPartition { name string, id
  uuid, partition int32 }, id uuid }, brokerId int32, eventTimestampMs int64, customMetadata bytes,
  remoteLogSegmentState int8
2 RemotePartitionDeleteMetadata 0 flexible 0+: topicIdPartition { name string, id uuid, partition int32 },
  brokerId int32, eventTimestampMs int64, remotePartitionDeleteState int8
3 RemoteLogSegmentMetadataSnapshot 0 flexible 0+: segmentId uuid, startOffset int64, endOffset int64,
  brokerId int32, maxTimestampMs int64, eventTimestampMs int64, segmentLeaderEpochs []{ leaderEpoch int32,
  offset int64 }, segmentSizeInBytes int32, customMetadata bytes, remoteLogSegmentState int8, txnIndexEmpty
  bool tag 0
`;
