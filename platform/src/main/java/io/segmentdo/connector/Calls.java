package io.segmentdo.connector;

import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What both kinds of declared connectors do beside delivering events. Confined to the thread of its connector. */
final class Calls {
    private final Optional<CallPlan> test;
    private final Optional<CallPlan> deleteUser;
    private final Scope configured;
    private final Credentials credentials;
    private final StepRunner runner;
    private final DestinationContext context;

    Calls(Optional<CallPlan> test, Optional<CallPlan> deleteUser, Scope configured, Protocol protocol) {
        this.test = test;
        this.deleteUser = deleteUser;
        this.configured = configured;
        this.credentials = protocol.credentials();
        this.context = protocol.context();
        this.runner = new StepRunner(protocol);
    }

    CredentialCheck testCredentials() throws IOException, InterruptedException {
        if (test.isEmpty()) {
            return CredentialCheck.unknown();
        }
        Scope scope = configured.with("now", context.clock().instant());
        Delivery outcome = runner.run(test.get().job(scope, null, UnaryOperator.identity()))
                .getFirst();
        return switch (outcome) {
            case Delivery.Delivered accepted -> CredentialCheck.accepted();
            case Delivery.Skipped unasked -> CredentialCheck.unknown();
            case Delivery.Unauthorized refused -> CredentialCheck.refused(refused.reason());
            case Delivery.Rejected refused -> CredentialCheck.refused(refused.reason());
            case Delivery.Retry unknown -> throw new IOException(unknown.reason());
            case Delivery.RetryAfter unknown -> throw new IOException(unknown.reason());
        };
    }

    boolean refreshCredentials() throws IOException, InterruptedException {
        try {
            return credentials.renew();
        } catch (UnauthorizedException refused) {
            throw new IOException(refused.reason(), refused);
        }
    }

    Delivery deleteUser(UserDeletion deletion) throws InterruptedException {
        if (deleteUser.isEmpty()) {
            return Delivery.rejected("this destination does not delete users");
        }
        Map<String, @Nullable Object> user = new HashMap<>();
        user.put("requestId", deletion.requestId());
        user.put("anonymousIds", deletion.anonymousIds());
        deletion.anonymousIds().stream().findFirst().ifPresent(id -> user.put("anonymousId", id));
        deletion.userId().ifPresent(id -> user.put("id", id));
        deletion.email().ifPresent(email -> user.put("email", email));
        Scope scope = configured
                .at(user)
                .with("user", user)
                .with("now", context.clock().instant());
        return runner.run(deleteUser.get().job(scope, deletion.requestId(), UnaryOperator.identity()))
                .getFirst();
    }
}
