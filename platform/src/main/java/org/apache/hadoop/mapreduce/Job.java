package org.apache.hadoop.mapreduce;

/** Named in signatures only. */
public abstract class Job implements JobContext {}
