package io.segmentdo.cluster;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;

/**
 * How members find each other in Kubernetes: by the addresses of a headless service, or by asking its API.
 *
 * <p>Immutable.
 */
public record KubernetesConfig(
        @Doc("The full name of a headless service that all members stand behind; asks DNS and needs no permission.")
        String serviceDns,

        @Doc(
                "The name of a service that all members stand behind; asks the API and needs permission to read endpoints.")
        String service,

        @Doc("The namespace of that service; empty for the one of this pod.")
        String namespace) {
    public static final KubernetesConfig DEFAULT = new KubernetesConfig("", "", "");

    public KubernetesConfig {
        check(serviceDns.isEmpty() || service.isEmpty(), "service", service, "none when service-dns is given");
    }

    boolean isEnabled() {
        return !serviceDns.isEmpty() || !service.isEmpty();
    }
}
