/** Where the files of the tables lie: a local directory or a bucket of an S3-compatible store. */
@NullMarked
package io.segmentdo.warehouse.files;

import org.jspecify.annotations.NullMarked;
