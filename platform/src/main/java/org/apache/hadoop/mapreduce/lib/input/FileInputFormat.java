package org.apache.hadoop.mapreduce.lib.input;

/** Named as a superclass only. */
public abstract class FileInputFormat<K, V> {}
