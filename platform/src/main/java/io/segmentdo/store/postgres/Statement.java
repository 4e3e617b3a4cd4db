package io.segmentdo.store.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

/** A statement that is ready to be sent. Not changed after it was made. */
record Statement(String sql, Tuple parameters) {
    Future<RowSet<Row>> on(SqlConnection connection) {
        return connection.preparedQuery(sql).execute(parameters);
    }
}
