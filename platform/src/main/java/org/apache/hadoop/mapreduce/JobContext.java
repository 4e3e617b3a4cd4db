package org.apache.hadoop.mapreduce;

import org.apache.hadoop.conf.Configuration;

/** The settings of a job. */
public interface JobContext {
    Configuration getConfiguration();
}
