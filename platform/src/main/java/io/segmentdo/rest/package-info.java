/** What the REST APIs of all packages have in common: how a request is read, and how blocking work answers it. */
@NullMarked
package io.segmentdo.rest;

import org.jspecify.annotations.NullMarked;
