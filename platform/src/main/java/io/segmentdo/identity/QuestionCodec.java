package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The binary form of what owners are asked and answer. Pure. */
final class QuestionCodec {
    private QuestionCodec() {}

    static void register(EventBus bus, Seal seal) {
        bus.registerCodec(new SealedCodec<>(
                Question.class, seal, question -> frame -> write(question, frame), QuestionCodec::readQuestion));
        bus.registerCodec(
                new SealedCodec<>(Reply.class, seal, reply -> frame -> write(reply, frame), QuestionCodec::readReply));
    }

    /** Options for a message of one of the two kinds, whose records are many. */
    static DeliveryOptions options(Class<?> kind) {
        return new DeliveryOptions().setCodecName(kind.getName());
    }

    private static void write(Question question, FrameWriter frame) {
        frame.putString(question.of().workspace());
        Frames.putActor(frame, question.of());
        switch (question) {
            case Question.Who who -> frame.putByte(1);
            case Question.Facts facts -> {
                frame.putByte(2);
                Frames.putAll(frame, facts.numbers(), FrameWriter::putSize);
            }
            case Question.FactsFrom facts ->
                frame.putByte(3).putSize(facts.first()).putSize(facts.max());
            case Question.Order order -> {
                frame.putByte(4).putString(order.kind().name());
                Frames.putActor(frame, order.id());
                Frames.putOptionalActor(frame, order.other());
                frame.putString(order.requestId()).putLong(order.atMillis());
            }
        }
    }

    private static Question readQuestion(FrameReader frame) {
        String workspace = frame.readString();
        ActorId of = Frames.readActor(frame, workspace);
        int kind = frame.readByte();
        return switch (kind) {
            case 1 -> new Question.Who(of);
            case 2 -> new Question.Facts(of, Frames.readAll(frame, FrameReader::readSize));
            case 3 -> new Question.FactsFrom(of, frame.readSize(), (int) frame.readSize());
            case 4 ->
                new Question.Order(
                        of,
                        Question.Order.Kind.valueOf(frame.readString()),
                        Frames.readActor(frame, workspace),
                        Frames.readOptionalActor(frame, workspace),
                        frame.readString(),
                        frame.readLong());
            default -> throw frame.corrupt("question of kind " + kind);
        };
    }

    private static void write(Reply reply, FrameWriter frame) {
        switch (reply) {
            case Reply.Nobody nobody -> frame.putByte(1);
            case Reply.Elsewhere elsewhere -> {
                frame.putByte(2).putString(elsewhere.next().workspace());
                Frames.putActor(frame, elsewhere.next());
            }
            case Reply.Found found -> {
                frame.putByte(3).putString(found.profile().root().workspace());
                write(found.profile(), frame);
            }
            case Reply.Facts facts -> {
                frame.putByte(4);
                Frames.putAll(
                        frame,
                        facts.facts(),
                        (to, fact) -> to.putString(fact.left().workspace())
                                .putSize(fact.number())
                                .putBytes(fact.toBytes()));
            }
            case Reply.Done done -> frame.putByte(5).putString(done.verdict().name());
        }
    }

    private static Reply readReply(FrameReader frame) {
        int kind = frame.readByte();
        return switch (kind) {
            case 1 -> new Reply.Nobody();
            case 2 -> new Reply.Elsewhere(Frames.readActor(frame, frame.readString()));
            case 3 -> new Reply.Found(readProfile(frame, frame.readString()));
            case 4 ->
                new Reply.Facts(
                        Frames.readAll(frame, from -> Fact.read(from.readString(), from.readSize(), from.readBytes())));
            case 5 -> new Reply.Done(Decision.Verdict.valueOf(frame.readString()));
            default -> throw frame.corrupt("reply of kind " + kind);
        };
    }

    private static void write(Profile profile, FrameWriter frame) {
        Frames.putActor(frame, profile.root());
        frame.putString(profile.id());
        Frames.putMap(frame, profile.identifiers(), (to, fact) -> to.putSize(fact));
        Frames.putAll(frame, profile.bonds(), FrameWriter::putSize);
        frame.putString(profile.userId());
        Frames.putAll(frame, profile.traits().entrySet(), (to, entry) -> {
            Profile.Trait trait = entry.getValue();
            to.putString(entry.getKey())
                    .putString(trait.json())
                    .putString(trait.source())
                    .putLong(trait.atMillis());
        });
        Frames.putAll(frame, profile.groups(), FrameWriter::putString);
        Frames.putMap(frame, profile.refused(), FrameWriter::putString);
        write(profile.first(), frame);
        write(profile.last(), frame);
    }

    private static Profile readProfile(FrameReader frame, String workspace) {
        ActorId root = Frames.readActor(frame, workspace);
        String id = frame.readString();
        Map<ActorId, Long> identifiers = Frames.readMap(frame, workspace, FrameReader::readSize);
        Set<Long> bonds = Set.copyOf(Frames.readAll(frame, FrameReader::readSize));
        String userId = frame.readString();
        Map<String, Profile.Trait> traits = new LinkedHashMap<>();
        for (long left = frame.readSize(); left > 0; left--) {
            traits.put(frame.readString(), new Profile.Trait(frame.readString(), frame.readString(), frame.readLong()));
        }
        return new Profile(
                root,
                id,
                identifiers,
                bonds,
                userId,
                traits,
                Frames.readAll(frame, FrameReader::readString),
                Frames.readMap(frame, workspace, FrameReader::readString),
                readSighting(frame),
                readSighting(frame));
    }

    private static void write(Profile.Sighting sighting, FrameWriter frame) {
        frame.putString(sighting.messageId()).putString(sighting.source()).putLong(sighting.atMillis());
    }

    private static Profile.Sighting readSighting(FrameReader frame) {
        return new Profile.Sighting(frame.readString(), frame.readString(), frame.readLong());
    }
}
