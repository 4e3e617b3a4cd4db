package io.segmentdo.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.Partition;
import io.segmentdo.identity.Place;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part and who owns which partition, as Hazelcast saw it at one moment: identity partition p belongs to the member
 * that has Hazelcast's partition p.
 *
 * <p>Immutable.
 *
 * @param members by their names, in the order in which they joined
 * @param places by partition, null where nobody is known
 */
record Table(Map<String, TableMember> members, List<@Nullable Place> places) {
    static final Table EMPTY = new Table(Map.of(), List.of());

    /**
     * One member.
     *
     * @param address where its membership port is
     * @param lanes how many lanes it has
     * @param isPassive whether it owns nothing, because it starts or leaves
     */
    record TableMember(String name, String address, int lanes, boolean isPassive) {
        private static TableMember of(Member member) {
            String lanes = Objects.requireNonNullElse(member.getAttribute(HazelcastSettings.LANES), "1");
            return new TableMember(
                    nameOf(member),
                    member.getAddress().getHost() + ":" + member.getAddress().getPort(),
                    Integer.parseInt(lanes),
                    member.isLiteMember());
        }

        /** Where a partition is that this member owns. */
        private Place place(int partition) {
            return new Place(name, partition % lanes);
        }
    }

    /** The name that a member keeps until its process ends, while Hazelcast's own changes when clusters merge. */
    static String nameOf(Member member) {
        return Objects.requireNonNullElse(
                member.getAttribute(HazelcastSettings.NODE_ID), member.getUuid().toString());
    }

    static Table read(HazelcastInstance hazelcast, int partitions) {
        Map<String, TableMember> members = new LinkedHashMap<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            TableMember read = TableMember.of(member);
            members.put(read.name(), read);
        }
        @Nullable Place[] places = new Place[partitions];
        if (members.values().stream().anyMatch(member -> !member.isPassive())) {
            for (Partition partition : hazelcast.getPartitionService().getPartitions()) {
                Member owner = partition.getOwner();
                TableMember member = owner == null ? null : members.get(nameOf(owner));
                if (member != null) {
                    places[partition.getPartitionId()] = member.place(partition.getPartitionId());
                }
            }
        }
        return new Table(members, Arrays.asList(places));
    }

    /** Where a partition is if it is this member's, null when there is no such member. */
    @Nullable
    Place placeAt(String name, int partition) {
        TableMember member = members.get(name);
        return member == null ? null : member.place(partition);
    }

    @Nullable
    Place find(int partition) {
        return partition < places.size() ? places.get(partition) : null;
    }
}
