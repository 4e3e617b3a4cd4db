package io.segmentdo.app;

import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.postgres.RealPostgres;

/** On PostgreSQL. */
class ProfileApiOnPostgresIT extends ProfileApiContract {
    @Override
    String store() {
        PostgresConfig database = RealPostgres.shared().config();
        return """
                store:
                  engine: postgres
                  partitions: 4
                  postgres: {port: %d, database: postgres, user: postgres, password: postgres, schema: %s}
                """.formatted(database.port(), database.schema());
    }
}
