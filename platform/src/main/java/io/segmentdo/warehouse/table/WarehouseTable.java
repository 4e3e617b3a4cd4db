package io.segmentdo.warehouse.table;

import io.segmentdo.api.rows.ColumnName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * The tables that each workspace has.
 *
 * <p>The columns here are there from the start; columns of properties and traits are added behind them as they appear,
 * and tell by their comment where they come from: {@code properties.productId}. Columns are never renamed or removed.
 * Immutable.
 */
public enum WarehouseTable {
    /** All events: common fields as columns, properties as columns when they appear, and all members as JSON. */
    EVENTS("events", Schemas.events(), "properties", "prop_") {
        @Override
        public PartitionSpec spec() {
            return PartitionSpec.builderFor(schema()).day("timestamp").build();
        }

        @Override
        public SortOrder order() {
            return SortOrder.builderFor(schema())
                    .asc("event", NullOrder.NULLS_FIRST)
                    .asc("timestamp", NullOrder.NULLS_FIRST)
                    .build();
        }
    },

    /** The current profile of each person, by the profile id as it was known when the table was last brought up to date. */
    USERS("users", Schemas.users(), "traits", "trait_"),

    /** The current traits of each group. */
    GROUPS("groups", Schemas.groups(), "traits", "trait_"),

    /** What became of profiles: which were merged into which, so that readers can map any event to a canonical profile. */
    PROFILE_MERGES("profile_merges", Schemas.profileMerges(), "", "");

    private final String tableName;

    @SuppressWarnings("ImmutableEnumChecker") // it is, but does not say so
    private final Schema schema;

    private final String promoted;
    private final String reservedPrefix;

    WarehouseTable(String tableName, Schema schema, String promoted, String reservedPrefix) {
        this.tableName = tableName;
        this.schema = schema;
        this.promoted = promoted;
        this.reservedPrefix = reservedPrefix;
    }

    /** The name in the namespace of the workspace. */
    public String tableName() {
        return tableName;
    }

    /** The columns that are there from the start. */
    public Schema schema() {
        return schema;
    }

    /** How rows are divided into files. */
    public PartitionSpec spec() {
        return PartitionSpec.unpartitioned();
    }

    /** How rows are sorted within files when these are rewritten. */
    public SortOrder order() {
        return SortOrder.unsorted();
    }

    /** The member of the JSON whose own members become columns, empty when none do. */
    public String promoted() {
        return promoted;
    }

    /** The column for a property or trait, whether it exists or not; empty when its name cannot be one. */
    public Optional<String> columnFor(String member) {
        return ColumnName.of(member)
                .map(name -> isReserved(name) ? reservedPrefix + name : name)
                .filter(name -> !promoted.isEmpty());
    }

    private boolean isReserved(String name) {
        return name.startsWith("context_") || schema.findField(name) != null;
    }

    /** The comment of a column that comes from this property or trait. */
    public String comment(String member) {
        return promoted + "." + member;
    }

    /** The columns of a table that come from properties or traits. */
    public List<PromotedColumn> promotedColumns(Schema current) {
        List<PromotedColumn> columns = new ArrayList<>();
        for (NestedField field : current.columns()) {
            String comment = field.doc();
            if (schema.findField(field.name()) == null && comment != null && comment.startsWith(promoted + ".")) {
                String member = comment.substring(promoted.length() + 1);
                columns.add(new PromotedColumn(field.fieldId(), field.name(), member, ColumnType.of(field.type())));
            }
        }
        return columns;
    }

    /** How the table is made and kept, understood by all engines. */
    public Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(Map.of(
                "format-version", "2",
                "write.parquet.compression-codec", "zstd",
                "write.parquet.compression-level", "3",
                "write.parquet.row-group-size-bytes", String.valueOf(16 << 20),
                "write.target-file-size-bytes", String.valueOf(128 << 20),
                "write.metadata.delete-after-commit.enabled", "true",
                "write.metadata.previous-versions-max", "5"));
        // conflicts are between members of the cluster and with upkeep; a bound keeps a broken store from being a
        // silent wait
        properties.putAll(Map.of(
                "commit.retry.num-retries", "20",
                "commit.retry.min-wait-ms", "20",
                "commit.retry.max-wait-ms", "1000",
                "commit.retry.total-timeout-ms", "30000"));
        // bounds only where scans prune by them: hundreds of columns would make every manifest large
        properties.put("write.metadata.metrics.default", "none");
        for (String column : List.of("type", "event", "source", "timestamp", "received_at")) {
            if (schema.findField(column) != null) {
                properties.put("write.metadata.metrics.column." + column, "truncate(32)");
            }
        }
        return properties;
    }

    /** The members of an event's context that are columns of their own, as column name and path. */
    public static Map<String, List<String>> contextColumns() {
        return Schemas.CONTEXT;
    }

    private static final class Schemas {
        /** Column names and the paths in {@code context} that they come from, in their order. */
        private static final Map<String, List<String>> CONTEXT = contextPaths();

        static Schema events() {
            Columns columns = new Columns()
                    .required("message_id", Types.StringType.get(), "the sender's idempotency key; unique")
                    .required("type", Types.StringType.get(), "track, identify, page, screen, group or alias")
                    .string("event", "the name of a track call")
                    .string("name", "the name of a page or screen")
                    .string("category", "the category of a page or screen")
                    .string("user_id", null)
                    .string("anonymous_id", null)
                    .string("group_id", null)
                    .string("previous_id", "the former id of an alias call")
                    .required(
                            "profile_id",
                            Types.StringType.get(),
                            "the profile when the event was identified; see profile_merges")
                    .required("source", Types.StringType.get(), "the id of the source")
                    .string("channel", null)
                    .required(
                            "timestamp",
                            Types.TimestampType.withZone(),
                            "when it happened, corrected for the sender's clock")
                    .time("original_timestamp", "when it happened by the sender's clock")
                    .time("sent_at", "when it was sent by the sender's clock")
                    .required("received_at", Types.TimestampType.withZone(), "when it arrived");
            CONTEXT.forEach((name, path) -> columns.string(name, "context." + String.join(".", path)));
            return columns.string("properties", "JSON, as it was sent")
                    .string("traits", "JSON, as it was sent")
                    .string("context", "JSON")
                    .string("integrations", "JSON")
                    .string("extra", "JSON of all members of the event that have no column")
                    .schema();
        }

        static Schema users() {
            return new Columns()
                    .required("profile_id", Types.StringType.get(), null)
                    .string("user_id", "the last one")
                    .string("anonymous_id", "the last one")
                    .time("first_seen_at", null)
                    .time("last_seen_at", null)
                    .string("traits", "JSON: per trait the last value in event time")
                    .string("trait_times", "JSON: when each trait was said, to decide among values")
                    .schema();
        }

        static Schema groups() {
            return new Columns()
                    .required("group_id", Types.StringType.get(), null)
                    .time("first_seen_at", null)
                    .time("last_seen_at", null)
                    .string("traits", "JSON: per trait the last value in event time")
                    .string("trait_times", "JSON: when each trait was said, to decide among values")
                    .schema();
        }

        static Schema profileMerges() {
            return new Columns()
                    .required("kind", Types.StringType.get(), "created, merged, unmerged or deleted")
                    .required("profile_id", Types.StringType.get(), "the profile it happened to; the one that goes on")
                    .string("other_id", "the profile that was absorbed, or from which this one was taken out again")
                    .required("occurred_at", Types.TimestampType.withZone(), null)
                    .string("message_id", "the event or request that led to it")
                    .required("ledger_fact", Types.LongType.get(), "its place in the decisions of the workspace, or 0")
                    .required("partition", Types.IntegerType.get(), "where it was announced")
                    .required("position", Types.LongType.get(), "its place among all that was announced there")
                    .string("rule", "seen (together in an event), alias, unmerge or delete")
                    .schema();
        }

        private static Map<String, List<String>> contextPaths() {
            Map<String, List<String>> paths = new java.util.LinkedHashMap<>();
            paths.put("context_ip", List.of("ip"));
            paths.put("context_user_agent", List.of("userAgent"));
            paths.put("context_locale", List.of("locale"));
            paths.put("context_timezone", List.of("timezone"));
            paths.put("context_group_id", List.of("groupId"));
            nested(paths, "page", "url", "path", "title", "referrer", "search");
            nested(paths, "campaign", "name", "source", "medium", "term", "content");
            nested(paths, "app", "name", "version");
            nested(paths, "device", "type", "model");
            nested(paths, "os", "name", "version");
            nested(paths, "library", "name", "version");
            return java.util.Collections.unmodifiableMap(paths);
        }

        private static void nested(Map<String, List<String>> paths, String parent, String... members) {
            for (String member : members) {
                paths.put("context_" + parent + "_" + member, List.of(parent, member));
            }
        }
    }

    /** Columns with ids in their order; ids are written to disk, so only the end may grow. */
    private static final class Columns {
        private final List<NestedField> fields = new ArrayList<>();

        Columns required(String name, Type type, @Nullable String comment) {
            return add(NestedField.required(name).withId(fields.size() + 1).ofType(type), comment);
        }

        Columns string(String name, @Nullable String comment) {
            return optional(name, Types.StringType.get(), comment);
        }

        Columns time(String name, @Nullable String comment) {
            return optional(name, Types.TimestampType.withZone(), comment);
        }

        private Columns optional(String name, Type type, @Nullable String comment) {
            return add(NestedField.optional(name).withId(fields.size() + 1).ofType(type), comment);
        }

        private Columns add(NestedField.Builder field, @Nullable String comment) {
            if (comment != null) {
                field.withDoc(comment);
            }
            fields.add(field.build());
            return this;
        }

        Schema schema() {
            return new Schema(fields);
        }
    }
}
