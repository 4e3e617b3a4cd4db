package io.segmentdo.warehouse.files;

import io.segmentdo.aws.AwsKeys;
import io.segmentdo.aws.AwsSignature;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to an S3-compatible store: signed, with a deadline each, and repeated while the reason may pass.
 *
 * <p>All requests made here can be repeated without harm, since names of objects are unique. Calls block and are not made
 * on event loops. Safe for concurrent use.
 */
final class S3Client implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final long PAUSE_MILLIS_MAX = 5_000;

    /** An object by its bucket and key. */
    record Place(String bucket, String key) {
        static Place of(String location) {
            String rest = location.substring(location.indexOf("://") + 3);
            int slash = rest.indexOf('/');
            return slash < 0 ? new Place(rest, "") : new Place(rest.substring(0, slash), rest.substring(slash + 1));
        }

        @Override
        public String toString() {
            return "s3://" + bucket + "/" + key;
        }
    }

    /** What the store answered. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body, HttpResponse<byte[]> response) {
        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final S3Config config;
    private final AwsSignature signature;
    private final AwsKeys keys;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    S3Client(S3Config config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.signature = new AwsSignature("s3", config.region());
        this.keys = new AwsKeys(config.accessKeyId(), config.secretAccessKey().reveal());
    }

    int partBytes() {
        return (int) Math.min(config.partSize().bytes(), 1 << 30);
    }

    Answer put(Place place, SortedMap<String, String> query, byte[] body) {
        return expect(send("PUT", place, query, Map.of(), body), place, "PUT");
    }

    Answer post(Place place, SortedMap<String, String> query, byte[] body) {
        return expect(send("POST", place, query, Map.of(), body), place, "POST");
    }

    /** Also 404 is an answer. */
    Answer find(String method, Place place, SortedMap<String, String> query, Map<String, String> headers) {
        Answer answer = send(method, place, query, headers, NOTHING);
        return answer.status == 404 ? answer : expect(answer, place, method);
    }

    private static Answer expect(Answer answer, Place place, String method) {
        if (answer.status / 100 != 2) {
            String reason = answer.text();
            throw new S3Exception(
                    method + " " + place + ": " + answer.status + " "
                            + reason.substring(0, Math.min(300, reason.length())),
                    answer.status,
                    null);
        }
        return answer;
    }

    private Answer send(
            String method, Place place, SortedMap<String, String> query, Map<String, String> headers, byte[] body) {
        URI uri = uri(place, query);
        for (int attempt = 1; ; attempt++) {
            boolean isLast = attempt >= config.attempts();
            try {
                Answer answer = once(method, uri, headers, body);
                if (isLast || !mayPass(answer.status)) {
                    return answer;
                }
            } catch (ExecutionException | TimeoutException e) {
                if (isLast) {
                    throw new S3Exception(method + " " + place + ": " + e, 0, e);
                }
            }
            pause(attempt);
        }
    }

    private Answer once(String method, URI uri, Map<String, String> headers, byte[] body)
            throws ExecutionException, TimeoutException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        signature.headers(keys, method, uri, Map.of(), body, clock.instant()).forEach(request::header);
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> future =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = future.get(config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body(), response);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw e;
        } catch (InterruptedException e) {
            future.cancel(true);
            throw interrupted(e);
        }
    }

    /** The store is overloaded, or two requests for the same object met. */
    private static boolean mayPass(int status) {
        return status >= 500 || status == 429 || status == 409 || status == 408;
    }

    private static void pause(int attempt) {
        long most = Math.min(PAUSE_MILLIS_MAX, 50L << Math.min(attempt, 10));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static UncheckedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException io = new InterruptedIOException();
        io.initCause(e);
        return new UncheckedIOException(io);
    }

    private URI uri(Place place, SortedMap<String, String> query) {
        StringBuilder uri = new StringBuilder(config.endpoint().toString().replaceAll("/+$", ""))
                .append('/')
                .append(place.bucket);
        if (!place.key.isEmpty()) {
            uri.append('/').append(AwsSignature.encode(place.key, true));
        }
        char separator = '?';
        for (Map.Entry<String, @Nullable String> parameter : query.entrySet()) {
            uri.append(separator)
                    .append(AwsSignature.encode(parameter.getKey(), false))
                    .append('=')
                    .append(AwsSignature.encode(String.valueOf(parameter.getValue()), false));
            separator = '&';
        }
        return URI.create(uri.toString());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
