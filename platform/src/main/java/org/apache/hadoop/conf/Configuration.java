package org.apache.hadoop.conf;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings by name, as far as parquet-java asks for them; reads no files. Confined to its owner's thread. */
public class Configuration implements Iterable<Map.Entry<String, String>> {
    private final Map<String, String> values = new LinkedHashMap<>();

    public Configuration() {}

    public Configuration(boolean loadDefaults) {}

    public Configuration(Configuration other) {
        values.putAll(other.values);
    }

    public String get(String name) {
        return values.get(name);
    }

    public String get(String name, String fallback) {
        return values.getOrDefault(name, fallback);
    }

    public String getTrimmed(String name) {
        String value = values.get(name);
        return value == null ? null : value.trim();
    }

    public String getTrimmed(String name, String fallback) {
        return get(name, fallback).trim();
    }

    public String[] getStrings(String name, String... fallback) {
        String value = values.get(name);
        return value == null ? fallback : value.split(",", -1);
    }

    public boolean getBoolean(String name, boolean fallback) {
        String value = values.get(name);
        return value == null ? fallback : Boolean.parseBoolean(value);
    }

    public int getInt(String name, int fallback) {
        String value = values.get(name);
        return value == null ? fallback : Integer.parseInt(value);
    }

    public long getLong(String name, long fallback) {
        String value = values.get(name);
        return value == null ? fallback : Long.parseLong(value);
    }

    public float getFloat(String name, float fallback) {
        String value = values.get(name);
        return value == null ? fallback : Float.parseFloat(value);
    }

    public double getDouble(String name, double fallback) {
        String value = values.get(name);
        return value == null ? fallback : Double.parseDouble(value);
    }

    public Class<?> getClass(String name, Class<?> fallback) {
        String value = values.get(name);
        try {
            return value == null ? fallback : getClassByName(value);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    public <U> Class<? extends U> getClass(String name, Class<? extends U> fallback, Class<U> type) {
        Class<?> found = getClass(name, fallback);
        return found == null ? null : found.asSubclass(type);
    }

    public Class<?> getClassByName(String name) throws ClassNotFoundException {
        return Class.forName(name, true, getClassLoader());
    }

    public ClassLoader getClassLoader() {
        return Configuration.class.getClassLoader();
    }

    public void set(String name, String value) {
        values.put(name, value);
    }

    public void setBoolean(String name, boolean value) {
        set(name, Boolean.toString(value));
    }

    public void setInt(String name, int value) {
        set(name, Integer.toString(value));
    }

    public void setLong(String name, long value) {
        set(name, Long.toString(value));
    }

    public void setStrings(String name, String... value) {
        set(name, String.join(",", value));
    }

    public void setClass(String name, Class<?> value, Class<?> type) {
        set(name, value.getName());
    }

    public void unset(String name) {
        values.remove(name);
    }

    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
        return values.entrySet().iterator();
    }
}
