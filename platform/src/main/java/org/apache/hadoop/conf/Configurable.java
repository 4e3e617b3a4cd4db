package org.apache.hadoop.conf;

/** Something that takes settings. */
public interface Configurable {
    void setConf(Configuration configuration);

    Configuration getConf();
}
