package io.segmentdo.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.segmentdo.config.Secret;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.identity.Directory;
import io.segmentdo.identity.Place;
import io.segmentdo.identity.Seal;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's membership in a cluster, and what it knows of the others.
 *
 * <p>It joins without taking part ({@link #join}), so that the others keep their partitions while it starts, takes part when
 * it is ready ({@link #takePart}), and withdraws before it leaves ({@link #withdraw}), so that the others take over while it
 * still answers. The table of owners is a hint and is read again all the time: events of Hazelcast are only a reason to read
 * it sooner. It says where partitions should be; where they are the members tell each other, and that is what {@link #find}
 * goes by first. In a split each side has a table of its own; the store decides then.
 *
 * <p>Safe for concurrent use; joining, taking part and leaving block.
 */
public final class Cluster implements Directory, Wish, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cluster.class);
    private static final long READ_MILLIS = 100;
    private static final long PING_MILLIS = 2000;

    /** Whether this node is to own partitions. */
    private enum Part {
        NONE,
        FULL,
        LEAVING
    }

    private final ClusterConfig config;
    private final int partitions;
    private final String name;
    private final int lanes;
    private final HazelcastInstance hazelcast;
    private final HazelcastClusterManager manager;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Semaphore kicks = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("cluster-table").daemon().unstarted(this::run);
    private final Holdings holdings = new Holdings();
    private volatile Table table = Table.EMPTY;
    private volatile List<@Nullable Place> owners = List.of();
    private volatile Part part = Part.NONE;
    private volatile boolean hasHadShare;
    private volatile boolean closed;

    private Cluster(ClusterConfig config, int partitions, String name, int lanes, HazelcastInstance hazelcast) {
        this.config = config;
        this.partitions = partitions;
        this.name = name;
        this.lanes = lanes;
        this.hazelcast = hazelcast;
        this.manager = new HazelcastClusterManager(hazelcast);
    }

    /**
     * Joins the cluster of this name, or starts it.
     *
     * @param lanes how many lanes this node has
     * @throws PlatformException when the address cannot be used, or a cluster with another number of partitions is there
     */
    public static Cluster join(ClusterConfig config, int partitions, int lanes) {
        String name = UUID.randomUUID().toString();
        Handshake handshake = new Handshake(config.name(), secret(config));
        try {
            HazelcastInstance hazelcast = HazelcastInstanceFactory.newHazelcastInstance(
                    HazelcastSettings.of(config, partitions, name, lanes, handshake), name, new GuardedNode(handshake));
            Cluster cluster = new Cluster(config, partitions, name, lanes, hazelcast);
            cluster.open();
            return cluster;
        } catch (IllegalStateException e) {
            throw new PlatformException(Problem.INVALID_CONFIG, "the cluster cannot be joined: " + e.getMessage(), e);
        }
    }

    private static String secret(ClusterConfig config) {
        return config.secret()
                .map(Secret::reveal)
                .orElseThrow(() -> new PlatformException(Problem.INVALID_CONFIG, "cluster.secret is missing"));
    }

    private void open() {
        hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                log.atInfo()
                        .addKeyValue("member", event.getMember().getAddress())
                        .log("A member joined");
                kicks.release();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                log.atWarn()
                        .addKeyValue("member", event.getMember().getAddress())
                        .log("A member left");
                kicks.release();
            }
        });
        hazelcast.getLifecycleService().addLifecycleListener(event -> kicks.release());
        hazelcast.getPartitionService().addMigrationListener(new MigrationListener() {
            @Override
            public void migrationStarted(MigrationState state) {
                kicks.release();
            }

            @Override
            public void migrationFinished(MigrationState state) {
                kicks.release();
            }

            @Override
            public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
                kicks.release();
            }

            @Override
            public void replicaMigrationFailed(ReplicaMigrationEvent event) {
                kicks.release();
            }
        });
        keepPart();
        read();
        thread.start();
    }

    private boolean hasNoOtherKeeper() {
        return hazelcast.getCluster().getMembers().stream()
                .allMatch(member -> member.isLiteMember() || member.localMember());
    }

    /** Lets this node's event bus reach the other members. */
    public VertxBuilder connect(VertxBuilder builder, VertxOptions options) {
        EventBusOptions bus = new EventBusOptions()
                .setHost(config.host())
                .setPort(config.busPort())
                .setClusterPingInterval(PING_MILLIS)
                .setClusterPingReplyInterval(PING_MILLIS);
        ClusterTlsConfig tls = config.tls();
        if (tls.enabled()) {
            bus.setSsl(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate())
                            .setKeyPath(tls.key()))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority()));
        }
        return builder.with(options.setEventBusOptions(bus)).withClusterManager(manager);
    }

    /** By what members know each other's messages. */
    public Seal seal() {
        return Seal.by(secret(config));
    }

    /** The others, to be asked over the event bus of this node. */
    public Colleagues colleagues(Vertx vertx) {
        return new Calls(vertx, this);
    }

    /** Whether the others know how the event bus of this node is reached. */
    Reachability reachability(Vertx vertx) {
        return new Reachability(vertx, manager, name);
    }

    /** Where the lanes of this node are, in the order of their numbers. */
    public List<Place> places() {
        return IntStream.range(0, lanes).mapToObj(lane -> new Place(name, lane)).toList();
    }

    /** From now on this node is to own its share of the partitions. */
    public void takePart() {
        part = Part.FULL;
        kicks.release();
    }

    /**
     * From now on this node is to own nothing, and the others take over; returns when none is wanted here any more, or the
     * time is over. Alone there is nobody to take over.
     */
    public void withdraw(Duration atMost) {
        part = Part.LEAVING;
        if (hasNoOtherKeeper()) {
            return;
        }
        Thread demotion = Thread.ofVirtual().start(() -> {
            try {
                hazelcast.getCluster().demoteLocalDataMember();
            } catch (RuntimeException e) {
                log.atWarn().setCause(e).log("Partitions could not be handed over, they are taken over");
            }
        });
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (!wanted().isEmpty() && System.nanoTime() < deadline) {
                demotion.join(Duration.ofMillis(10));
                kicks.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the table

    @Override
    public @Nullable Place find(int partition) {
        List<@Nullable Place> known = owners;
        return partition < known.size() ? known.get(partition) : null;
    }

    /** Takes in what a member says that it holds. */
    void hear(Holdings.Held said) {
        if (holdings.hear(said)) {
            locate();
            changed();
        }
    }

    /** Partitions are where members say that they hold them, and else where they should be. */
    private synchronized void locate() {
        Table now = table;
        List<@Nullable Place> found = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            String holder = holdings.find(partition);
            Place place = holder == null ? null : now.placeAt(holder, partition);
            found.add(place == null ? now.find(partition) : place);
        }
        owners = Collections.unmodifiableList(found);
    }

    @Override
    public boolean isHere(Place place) {
        return place.member().equals(name);
    }

    @Override
    public boolean isMember(Place place) {
        return table.members().containsKey(place.member());
    }

    @Override
    public Set<Integer> wanted() {
        if (part == Part.NONE) {
            return Set.of();
        }
        Table now = table;
        return IntStream.range(0, partitions)
                .filter(partition -> {
                    Place place = now.find(partition);
                    return place != null && isHere(place);
                })
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean isKnown() {
        return hasHadShare;
    }

    @Override
    public AutoCloseable onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Lets everybody look again who waits for a change; any thread. */
    public void changed() {
        listeners.forEach(Runnable::run);
    }

    /** The name of this member until its process ends. */
    public String name() {
        return name;
    }

    Table table() {
        return table;
    }

    /** The names of the other members that take part. */
    List<String> others() {
        return table.members().values().stream()
                .filter(member -> !member.isPassive() && !member.name().equals(name))
                .map(Table.TableMember::name)
                .toList();
    }

    ClusterConfig config() {
        return config;
    }

    // The catch-all of the thread: a table that cannot be read is read again.
    private void run() {
        while (!closed) {
            try {
                if (kicks.tryAcquire(READ_MILLIS, TimeUnit.MILLISECONDS)) {
                    kicks.drainPermits();
                }
                if (!closed) {
                    read();
                    keepPart();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.atDebug().setCause(e).log("The table of partitions could not be read, it is read again");
            }
        }
    }

    private void read() {
        Table now = Table.read(hazelcast, partitions);
        if (!now.equals(table)) {
            table = now;
            holdings.retain(now.members().keySet());
            locate();
            changed();
        }
        if (!wanted().isEmpty()) {
            hasHadShare = true;
        }
    }

    /**
     * A member that takes part is no lite member, also after two halves of a cluster have merged; nor is one that is left
     * alone while it starts: somebody has to keep the addresses of the event bus, or its start never ends.
     */
    private void keepPart() {
        boolean isKeeper = part == Part.FULL || (part == Part.NONE && hasNoOtherKeeper());
        if (isKeeper && hazelcast.getCluster().getLocalMember().isLiteMember()) {
            hazelcast.getCluster().promoteLocalLiteMember();
        }
    }

    /** Leaves; after the event bus. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        hazelcast.shutdown();
    }

    /** The number of members that are known now, this one among them. */
    public int size() {
        return table.members().size();
    }

    Optional<String> ownerOf(int partition) {
        return Optional.ofNullable(table.find(partition)).map(Place::member);
    }
}
