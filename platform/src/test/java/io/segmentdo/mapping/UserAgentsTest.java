package io.segmentdo.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserAgentsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            value = {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1 → {browser={name=Mobile Safari, version=17.1, major=17}, os={name=iOS, version=17.1}, device={vendor=Apple, model=iPhone, type=mobile}}",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 → {browser={name=Chrome, version=120.0.0.0, major=120}, os={name=Mac OS, version=10.15.7}, device={}}",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2 → {browser={name=Edge, version=120.0.2, major=120}, os={name=Windows, version=10.0}, device={}}",
                "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36 → {browser={name=Chrome, version=112.0.0.0, major=112}, os={name=Android, version=13}, device={vendor=Samsung, model=SM-S911B, type=mobile}}",
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0 → {browser={name=Firefox, version=115.0, major=115}, os={name=Ubuntu}, device={}}",
                "curl/8.1 → {browser={}, os={}, device={}}",
            })
    void anAgentSaysWhatItIs(String agent, String expected) {
        Map<String, Object> parsed = UserAgents.parse(agent);

        assertThat(parsed).hasToString(expected);
    }
}
