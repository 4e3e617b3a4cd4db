package io.segmentdo.warehouse.table;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import io.segmentdo.config.Secret;
import java.net.URI;

/**
 * Where it is written which state of a table is the current one.
 *
 * <p>Immutable.
 */
public record CatalogConfig(
        @Doc(
                "`jdbc:postgresql://...`, `jdbc:sqlite:<file>`, or `https://...` of an Iceberg REST catalog; empty for a file in the data directory.")
        URI uri,

        @Doc("The name of the catalog, which JDBC catalogs store with each table.")
        String name,

        @Doc("User of the catalog's database, or empty.") String user,

        @Doc("Password of that user, or token of a REST catalog.")
        Secret password) {
    public static final CatalogConfig DEFAULT = new CatalogConfig(URI.create(""), "segmentdo", "", new Secret(""));

    public CatalogConfig {
        check(
                uri.toString().isEmpty()
                        || uri.toString().startsWith("jdbc:postgresql:")
                        || uri.toString().startsWith("jdbc:sqlite:")
                        || isRest(uri),
                "uri",
                uri,
                "jdbc:postgresql:..., jdbc:sqlite:..., http://... or https://...");
        check(!name.isBlank(), "name", name, "a name");
    }

    boolean isRest() {
        return isRest(uri);
    }

    private static boolean isRest(URI uri) {
        return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    }
}
