package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Decision;
import io.segmentdo.identity.DryRun;
import io.segmentdo.identity.Fact;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.Owners;
import io.segmentdo.identity.Profile;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The people and groups of all workspaces, as their owners know them.
 *
 * <p>Safe for concurrent use; no call blocks unless it says so.
 */
public final class Profiles {
    private static final int FACTS_PAGE = 2000;

    private final Owners owners;
    private final Supplier<Map<String, IdentityRules>> rules;
    private final ProfileConfig config;
    private final InstantSource clock;

    /**
     * @param owners who is asked
     * @param rules the rules in force, by workspace: these are the workspaces that there are
     */
    public Profiles(
            Owners owners, Supplier<Map<String, IdentityRules>> rules, ProfileConfig config, InstantSource clock) {
        this.owners = owners;
        this.rules = rules;
        this.config = config;
        this.clock = clock;
    }

    ProfileConfig config() {
        return config;
    }

    long nowMillis() {
        return clock.millis();
    }

    /** A workspace that there is. */
    String workspace(String id) {
        if (!rules.get().containsKey(id)) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no workspace " + id);
        }
        return id;
    }

    /** The profile that an identifier belongs to; fails when it is nobody's. */
    Future<Profile> find(ActorId id) {
        return owners.find(id)
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(
                                new PlatformException(Problem.NOT_FOUND, "Profile was not found."))));
    }

    /** The facts by which identifiers of a profile joined it, those taken away among them, by their numbers. */
    Future<Map<Long, Fact>> causes(Profile profile) {
        List<Long> numbers = Stream.concat(profile.identifiers().values().stream(), profile.bonds().stream())
                .filter(number -> number > 0 && !profile.root().isGroup())
                .distinct()
                .sorted()
                .toList();
        return owners.facts(profile.root().workspace(), numbers).map(facts -> {
            Map<Long, Fact> byNumber = new HashMap<>();
            facts.forEach(fact -> byNumber.put(fact.number(), fact));
            return byNumber;
        });
    }

    /** Joins two identifiers because somebody said so. */
    Future<Decision.Verdict> alias(ActorId user, ActorId former, String requestId) {
        return owners.alias(user, former, requestId, clock.millis());
    }

    /** Takes an absorbed profile out of the one that absorbed it. */
    Future<Decision.Verdict> unmerge(ActorId id, String requestId) {
        return owners.unmerge(id, requestId, clock.millis());
    }

    /** Takes a single identifier away from its person. */
    Future<Decision.Verdict> detach(ActorId id, String requestId) {
        return owners.detach(id, requestId, clock.millis());
    }

    /** Forgets the person behind an identifier. */
    Future<Decision.Verdict> delete(ActorId id, String requestId) {
        return owners.delete(id, requestId, clock.millis());
    }

    /** Types that changed rules look for elsewhere than those in force, of which therefore nothing is recorded. */
    List<String> unrecordedTypes(String workspace, IdentityRules changed) {
        return changed.typesFoundElsewhere(
                Optional.ofNullable(rules.get().get(workspace)).orElse(IdentityRules.DEFAULT));
    }

    /** What changed rules would make of what a workspace has recorded. Blocks, on an ordinary or virtual thread. */
    DryRun.Difference dryRun(String workspace, IdentityRules changed, int examplesMax) {
        DryRun dryRun = new DryRun(workspace, changed);
        long next = 1;
        List<Fact> facts = await(owners.factsFrom(workspace, next, FACTS_PAGE));
        while (!facts.isEmpty()) {
            next = facts.getLast().number() + 1;
            if (next - 1 > config.dryRunFactsMax()) {
                throw new PlatformException(
                        Problem.OVERLOADED,
                        "workspace " + workspace + " has recorded more than " + config.dryRunFactsMax()
                                + " facts (expected: at most profile.dry-run-facts-max)");
            }
            dryRun.take(facts);
            facts = await(owners.factsFrom(workspace, next, FACTS_PAGE));
        }
        return dryRun.difference(examplesMax);
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.OVERLOADED, "interrupted", e);
        }
    }
}
