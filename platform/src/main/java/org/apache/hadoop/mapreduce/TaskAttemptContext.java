package org.apache.hadoop.mapreduce;

/** The settings of a task. */
public interface TaskAttemptContext extends JobContext {}
