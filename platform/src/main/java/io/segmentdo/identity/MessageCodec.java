package io.segmentdo.identity;

import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.identity.Message.Abdicate;
import io.segmentdo.identity.Message.Alias;
import io.segmentdo.identity.Message.Answer;
import io.segmentdo.identity.Message.Belongings;
import io.segmentdo.identity.Message.Canonical;
import io.segmentdo.identity.Message.Delete;
import io.segmentdo.identity.Message.Fence;
import io.segmentdo.identity.Message.Forward;
import io.segmentdo.identity.Message.Hold;
import io.segmentdo.identity.Message.Join;
import io.segmentdo.identity.Message.Leave;
import io.segmentdo.identity.Message.Move;
import io.segmentdo.identity.Message.Parting;
import io.segmentdo.identity.Message.Propose;
import io.segmentdo.identity.Message.Reset;
import io.segmentdo.identity.Message.Restore;
import io.segmentdo.identity.Message.Settled;
import io.segmentdo.identity.Message.Surrender;
import io.segmentdo.identity.Message.Unmerge;
import io.segmentdo.identity.Message.Visit;
import java.util.List;
import java.util.Set;

/** The binary form of messages, in channels and in the queues of actors. The numbers of the kinds are for ever. Pure. */
final class MessageCodec {
    private MessageCodec() {}

    static byte[] encode(Message message) {
        FrameWriter frame = new FrameWriter(
                message instanceof Visit visit ? visit.event().json().length() + 512 : 256);
        frame.putByte(message.code()).putString(message.to().workspace());
        Frames.putActor(frame, message.to());
        write(message, frame);
        return frame.toBytes();
    }

    private static void write(Message message, FrameWriter frame) {
        switch (message) {
            case Visit m -> {
                Frames.putActor(frame, m.via());
                frame.putByte(m.isPassed() ? 1 : 0);
                EventCodec.write(m.event(), frame);
                m.mentions().write(frame);
            }
            case Forward m -> {
                Frames.putActor(frame, m.winner());
                frame.putSize(m.fact());
                m.cause().write(frame);
            }
            case Surrender m -> writeSurrender(m, frame);
            case Hold m -> {
                writeCut(frame, m.members(), m.fact(), m.parting());
                m.cause().write(frame);
            }
            case Move m -> {
                Frames.putActors(frame, m.members());
                Frames.putActor(frame, m.target());
                frame.putSize(m.fact());
                m.cause().write(frame);
            }
            case Abdicate m -> {
                Frames.putActor(frame, m.heir());
                frame.putSize(m.fact());
                m.cause().write(frame);
            }
            case Fence m -> {
                Frames.putActor(frame, m.from());
                writeCut(frame, m.members(), m.fact(), m.parting());
                m.cause().write(frame);
            }
            case Restore m -> {
                writeBelongings(m.belongings(), frame);
                frame.putByte(m.parting().code())
                        .putString(m.formerProfileId())
                        .putSize(m.fact())
                        .putSize(m.partition())
                        .putSize(m.position());
                m.cause().write(frame);
            }
            case Reset m -> {
                writeCut(frame, m.members(), m.fact(), Parting.IS_FORGOTTEN);
                m.cause().write(frame);
            }
            case Propose m -> {
                Frames.putActor(frame, m.asker());
                Frames.putActor(frame, m.witness());
                Frames.putActors(frame, m.ids());
                frame.putByte(m.isExplicit() ? 1 : 0);
                m.cause().write(frame);
            }
            case Answer m -> Frames.putMap(frame, m.refused(), (to, refusal) -> refusal.write(to));
            case Canonical m -> {
                Frames.putActor(frame, m.user());
                frame.putSize(m.fact());
            }
            case Alias m -> {
                Frames.putActor(frame, m.user());
                m.cause().write(frame);
            }
            case Join m -> {
                Frames.putActor(frame, m.member());
                frame.putSize(m.since()).putLong(m.atMillis());
                m.traits().write(frame);
                m.cause().write(frame);
            }
            case Unmerge m -> {
                Frames.putActor(frame, m.id());
                frame.putByte(m.isAlone() ? 1 : 0);
                m.cause().write(frame);
            }
            case Delete m -> {
                Frames.putActor(frame, m.id());
                m.cause().write(frame);
            }
            case Leave m -> {
                Frames.putActor(frame, m.member());
                frame.putSize(m.fact());
            }
            case Settled m -> {
                Frames.putActor(frame, m.id());
                frame.putSize(m.fact());
            }
        }
    }

    private static void writeSurrender(Surrender m, FrameWriter frame) {
        Frames.putActor(frame, m.from());
        frame.putByte(m.isPassed() ? 1 : 0).putSize(m.fact());
        writeBelongings(m.belongings(), frame);
        frame.putLong(m.rulesVersion());
        Frames.putMap(frame, m.refused(), (to, refusal) -> refusal.write(to));
        frame.putString(m.profileId());
        frame.putSize(m.partition()).putSize(m.position());
        m.cause().write(frame);
    }

    private static void writeCut(FrameWriter frame, List<ActorId> members, long fact, Parting parting) {
        Frames.putActors(frame, members);
        frame.putSize(fact).putByte(parting.code());
    }

    private static void writeBelongings(Belongings belongings, FrameWriter frame) {
        Frames.putMap(frame, belongings.members(), (to, fact) -> to.putSize(fact));
        Frames.putMap(frame, belongings.traits(), (to, row) -> row.write(to));
        Frames.putMap(frame, belongings.groups(), (to, group) -> group.write(to));
        Frames.putMap(frame, belongings.names(), (to, fact) -> to.putSize(fact));
        Frames.putAll(frame, belongings.bonds(), FrameWriter::putSize);
    }

    static Message decode(byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        int kind = frame.readByte();
        String workspace = frame.readString();
        ActorId to = Frames.readActor(frame, workspace);
        Message message = read(kind, workspace, to, frame);
        frame.expectEnd();
        return message;
    }

    private static Message read(int kind, String workspace, ActorId to, FrameReader frame) {
        return switch (kind) {
            case 1 ->
                new Visit(
                        to,
                        Frames.readActor(frame, workspace),
                        isSet(frame),
                        EventCodec.read(frame),
                        Mentions.read(frame, workspace));
            case 2 -> new Forward(to, Frames.readActor(frame, workspace), frame.readSize(), Cause.read(frame));
            case 3 -> readSurrender(workspace, to, frame);
            case 4 ->
                new Hold(to, Frames.readActors(frame, workspace), frame.readSize(), parting(frame), Cause.read(frame));
            case 5 ->
                new Fence(
                        to,
                        Frames.readActor(frame, workspace),
                        Frames.readActors(frame, workspace),
                        frame.readSize(),
                        parting(frame),
                        Cause.read(frame));
            case 6 ->
                new Restore(
                        to,
                        readBelongings(workspace, frame),
                        parting(frame),
                        frame.readString(),
                        frame.readSize(),
                        (int) frame.readSize(),
                        frame.readSize(),
                        Cause.read(frame));
            case 7 -> readReset(workspace, to, frame);
            case 8 ->
                new Propose(
                        to,
                        Frames.readActor(frame, workspace),
                        Frames.readActor(frame, workspace),
                        Frames.readActors(frame, workspace),
                        isSet(frame),
                        Cause.read(frame));
            case 9 -> new Answer(to, Frames.readMap(frame, workspace, Refusal::read));
            case 10 -> new Canonical(to, Frames.readActor(frame, workspace), frame.readSize());
            case 11 -> new Alias(to, Frames.readActor(frame, workspace), Cause.read(frame));
            case 12 ->
                new Join(
                        to,
                        Frames.readActor(frame, workspace),
                        frame.readSize(),
                        frame.readLong(),
                        TraitRow.read(frame),
                        Cause.read(frame));
            case 13 -> new Unmerge(to, Frames.readActor(frame, workspace), isSet(frame), Cause.read(frame));
            case 14 -> new Delete(to, Frames.readActor(frame, workspace), Cause.read(frame));
            case 16 -> new Leave(to, Frames.readActor(frame, workspace), frame.readSize());
            case 15 -> new Settled(to, Frames.readActor(frame, workspace), frame.readSize());
            case 17 ->
                new Move(
                        to,
                        Frames.readActors(frame, workspace),
                        Frames.readActor(frame, workspace),
                        frame.readSize(),
                        Cause.read(frame));
            case 18 -> new Abdicate(to, Frames.readActor(frame, workspace), frame.readSize(), Cause.read(frame));
            default -> throw frame.corrupt("message kind " + kind);
        };
    }

    private static Surrender readSurrender(String workspace, ActorId to, FrameReader frame) {
        return new Surrender(
                to,
                Frames.readActor(frame, workspace),
                isSet(frame),
                frame.readSize(),
                readBelongings(workspace, frame),
                frame.readLong(),
                Frames.readMap(frame, workspace, Refusal::read),
                frame.readNullableString(),
                (int) frame.readSize(),
                frame.readSize(),
                Cause.read(frame));
    }

    private static Reset readReset(String workspace, ActorId to, FrameReader frame) {
        List<ActorId> members = Frames.readActors(frame, workspace);
        long fact = frame.readSize();
        frame.readByte();
        return new Reset(to, members, fact, Cause.read(frame));
    }

    private static Belongings readBelongings(String workspace, FrameReader frame) {
        return new Belongings(
                Frames.readMap(frame, workspace, FrameReader::readSize),
                Frames.readMap(frame, workspace, TraitRow::read),
                Frames.readMap(frame, workspace, Membership::read),
                Frames.readMap(frame, workspace, FrameReader::readSize),
                Set.copyOf(Frames.readAll(frame, FrameReader::readSize)));
    }

    private static Parting parting(FrameReader frame) {
        return Parting.of(frame.readByte());
    }

    private static boolean isSet(FrameReader frame) {
        return frame.readByte() != 0;
    }
}
