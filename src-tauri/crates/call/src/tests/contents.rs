//! Ladders of pictures that come into a call and go out of it.

use confab_model::*;

use super::kit::*;
use crate::*;

fn change(call: &str, action: ContentAction, description: MediaDescription) -> Signal {
    Signal::ContentChange { sid: sid(call), action, description }
}

fn add_video(call: &str) -> Operation {
    Operation::AddVideo { call: id(call) }
}

/// Bob answered the audio call `m1`; both hear each other.
fn talking_out() -> Ladder {
    let mut l = Ladder::new();
    quietly(&mut l, Operation::Invite(invitation("bob@x", CallMedia::Audio)));
    quiet_signal(&mut l, proceed("m1", None));
    tell(&mut l, "m1", PeerEvent::LocalOffer(audio("mine")));
    quiet_signal(&mut l, session_accept("m1", audio("theirs")));
    connect(&mut l, "m1");
    l
}

/// Bob called, `b1` was answered; both hear each other.
fn talking_in() -> Ladder {
    let mut l = Ladder::new();
    quiet_signal(&mut l, propose("b1", CallMedia::Audio));
    quietly(&mut l, accept("b1", CallMedia::Audio));
    quiet_signal(&mut l, initiate("b1", audio("theirs")));
    tell(&mut l, "b1", PeerEvent::LocalAnswer(audio("mine")));
    connect(&mut l, "b1");
    l
}

fn quietly(l: &mut Ladder, operation: Operation) {
    l.quietly(|calls, now| calls.handle(Input::Operation { request: RequestId("r".into()), operation }, now));
}

fn tell(l: &mut Ladder, call: &str, event: PeerEvent) {
    l.quietly(|calls, now| calls.handle(Input::Peer { call: id(call), event }, now));
}

fn connect(l: &mut Ladder, call: &str) {
    tell(l, call, PeerEvent::Connected);
    tell(l, call, PeerEvent::FirstFrame { kind: MediaKind::Audio });
}

#[test]
fn pictures_are_added_and_taken() {
    let mut l = talking_out();
    assert_eq!(l.state("m1"), "changed m1 Audio Connected Accepted");
    l.does(add_video("m1"), &["add m1 video Video"]);
    l.does(add_video("m1"), &["refused invalidState"]);
    // Candidates wait for the content that they belong to.
    let early = PeerEvent::LocalCandidates(pictures("video", "pics", Creator::Initiator));
    l.peer("m1", early, &[]);
    l.peer(
        "m1",
        PeerEvent::LocalAddition(pictures("video", "pics", Creator::Initiator)),
        &["-> bob@x/phone content-Add m1 video", "-> bob@x/phone transport-info m1 pics"],
    );
    let accepted = change("m1", ContentAction::Accept, pictures("video", "theirs", Creator::Initiator));
    l.signal(TABLET, accepted.clone(), &["ignored WrongDevice"]);
    l.signal(
        PHONE,
        accepted.clone(),
        &[
            "apply m1 addition-answer theirs",
            "media m1 Video camera=true",
            "record m1 Outgoing Accepted",
            "changed m1 Video Connected Accepted camera far-camera",
            "gate m1 mcp",
            "done",
        ],
    );
    l.signal(PHONE, accepted, &["ignored OutOfOrder"]);
    // It is a call with pictures like any other.
    l.signal(
        PHONE,
        info("m1", SessionInfo::Mute(Some("video".into()))),
        &["changed m1 Video Connected Accepted camera"],
    );
    l.does(
        Operation::SetCamera { call: id("m1"), camera: false },
        &["-> bob@x/phone session-info m1 mute video", "changed m1 Video Connected Accepted", "gate m1 m-p", "done"],
    );
    l.does(add_video("m1"), &["refused invalidState"]);
    l.does(
        Operation::RemoveVideo { call: id("m1") },
        &[
            "-> bob@x/phone content-Remove m1 video",
            "remove m1 video",
            "record m1 Outgoing Accepted",
            "changed m1 Audio Connected Accepted",
            "done",
        ],
    );
    l.does(Operation::RemoveVideo { call: id("m1") }, &["refused invalidState"]);
    // Once more, under a new name; what is left of the first says nothing.
    l.does(add_video("m1"), &["add m1 video-2 Video"]);
    l.peer("m1", PeerEvent::LocalCandidates(pictures("video", "pics", Creator::Initiator)), &[]);
    l.peer(
        "m1",
        PeerEvent::LocalAddition(pictures("video-2", "more", Creator::Initiator)),
        &["-> bob@x/phone content-Add m1 video-2"],
    );
}

#[test]
fn a_far_side_that_adds_pictures_opens_no_camera() {
    let mut l = talking_in();
    let offer = pictures("video", "theirs", Creator::Initiator);
    l.signal(PHONE, change("b1", ContentAction::Add, offer.clone()), &["apply b1 addition theirs"]);
    l.signal(PHONE, change("b1", ContentAction::Add, offer), &["ignored Duplicate"]);
    let another = pictures("second", "theirs", Creator::Initiator);
    l.signal(PHONE, change("b1", ContentAction::Add, another), &["-> bob@x/phone content-Reject b1 second"]);
    l.peer(
        "b1",
        PeerEvent::LocalAcceptance(pictures("video", "mine", Creator::Initiator)),
        &[
            "-> bob@x/phone content-Accept b1 video",
            "media b1 Video camera=false",
            "-> bob@x/phone session-info b1 mute video",
            "record b1 Incoming Accepted",
            "changed b1 Video Connected Accepted far-camera",
        ],
    );
    // The own camera is the person's own wish.
    l.does(
        Operation::SetCamera { call: id("b1"), camera: true },
        &[
            "-> bob@x/phone session-info b1 unmute video",
            "changed b1 Video Connected Accepted camera far-camera",
            "gate b1 mcp",
            "done",
        ],
    );
    l.signal(
        PHONE,
        change("b1", ContentAction::Remove, pictures("video", "", Creator::Initiator)),
        &["remove b1 video", "record b1 Incoming Accepted", "changed b1 Audio Connected Accepted", "gate b1 m-p"],
    );
    let gone = change("b1", ContentAction::Remove, pictures("video", "", Creator::Initiator));
    l.signal(PHONE, gone, &["ignored OutOfOrder"]);
}

#[test]
fn pictures_that_are_refused_or_fail_cost_the_call_nothing() {
    let mut l = talking_out();
    let asked = |l: &mut Ladder, name: &str| {
        l.does(add_video("m1"), &[&format!("add m1 {name} Video")]);
        l.peer(
            "m1",
            PeerEvent::LocalAddition(pictures(name, "pics", Creator::Initiator)),
            &[&format!("-> bob@x/phone content-Add m1 {name}")],
        );
    };
    asked(&mut l, "video");
    let refused = change("m1", ContentAction::Reject, pictures("video", "", Creator::Initiator));
    l.signal(PHONE, refused.clone(), &["remove m1 video", "refused videoRefused"]);
    l.signal(PHONE, refused, &[]);
    // A far side that changes its mind does not go on showing what nobody sends.
    let late = change("m1", ContentAction::Accept, pictures("video", "theirs", Creator::Initiator));
    l.signal(PHONE, late, &["-> bob@x/phone content-Remove m1 video", "ignored OutOfOrder"]);
    // Nobody answers.
    asked(&mut l, "video-2");
    let expired = ["-> bob@x/phone content-Remove m1 video-2", "remove m1 video-2", "refused videoRefused"];
    l.wait(s(15), &expired);
    // It cannot be described.
    l.does(add_video("m1"), &["add m1 video-3 Video"]);
    let failed = |name: &str| PeerEvent::ContentFailed { content: name.into() };
    l.peer("m1", failed("video-3"), &["remove m1 video-3", "refused videoRefused"]);
    // It was agreed on, and no path was found.
    asked(&mut l, "video-4");
    quiet_signal(&mut l, change("m1", ContentAction::Accept, pictures("video-4", "theirs", Creator::Initiator)));
    l.peer(
        "m1",
        failed("video-4"),
        &[
            "-> bob@x/phone content-Remove m1 video-4",
            "remove m1 video-4",
            "record m1 Outgoing Accepted",
            "changed m1 Audio Connected Accepted",
            "gate m1 m-p",
        ],
    );
    l.peer("m1", failed("nothing"), &[]);
    // The call ends meanwhile.
    l.does(add_video("m1"), &["add m1 video-5 Video"]);
    l.signal(
        PHONE,
        terminate("m1", TerminateReason::Success),
        &[
            "media-off m1",
            "close m1",
            "record m1 Outgoing Completed { duration_s: 15 }",
            "changed m1 Audio Completed { duration_s: 15 } Accepted",
            "floor- m1",
            "refused unknownCall",
        ],
    );
}

#[test]
fn what_cannot_be_added_is_rejected() {
    let mut l = talking_in();
    let add = |description| change("b1", ContentAction::Add, description);
    let mut screen = pictures("slides", "theirs", Creator::Initiator);
    screen.contents[0].is_screen = true;
    l.signal(PHONE, add(screen), &["-> bob@x/phone content-Reject b1 slides"]);
    l.signal(PHONE, add(audio("theirs")), &["-> bob@x/phone content-Reject b1 audio"]);
    l.signal(PHONE, add(video("theirs")), &["-> bob@x/phone content-Reject b1 audio video"]);
    let named_like_the_sound = pictures("audio", "theirs", Creator::Initiator);
    l.signal(PHONE, add(named_like_the_sound), &["-> bob@x/phone content-Reject b1 audio"]);
    l.signal(EVE, add(pictures("video", "x", Creator::Initiator)), &["ignored Forged"]);
    l.signal(TABLET, add(pictures("video", "x", Creator::Initiator)), &["ignored WrongDevice"]);
    // The media session cannot take it.
    l.signal(PHONE, add(pictures("video", "theirs", Creator::Initiator)), &["apply b1 addition theirs"]);
    let failed = PeerEvent::ContentFailed { content: "video".into() };
    l.peer("b1", failed, &["-> bob@x/phone content-Reject b1 video", "remove b1 video"]);
    assert_eq!(l.state("b1"), "changed b1 Audio Connected Accepted");
    // Before the call is connected there is nothing to add to.
    let mut l = Ladder::new();
    quiet_signal(&mut l, propose("b1", CallMedia::Audio));
    l.signal(PHONE, add(pictures("video", "theirs", Creator::Initiator)), &["ignored OutOfOrder"]);
    l.does(add_video("b1"), &["refused invalidState"]);
}

/// The far side's pictures are taken, with the own camera.
fn accepts(l: &mut Ladder) {
    l.peer(
        "b1",
        PeerEvent::LocalAcceptance(pictures("video", "more", Creator::Initiator)),
        &[
            "-> bob@x/phone content-Accept b1 video",
            "media b1 Video camera=true",
            "record b1 Incoming Accepted",
            "changed b1 Video Connected Accepted camera far-camera",
            "gate b1 mcp",
            "done",
        ],
    );
}

#[test]
fn both_add_pictures_at_once() {
    // The initiator's stays.
    let mut l = talking_out();
    l.does(add_video("m1"), &["add m1 video Video"]);
    l.peer(
        "m1",
        PeerEvent::LocalAddition(pictures("video", "pics", Creator::Initiator)),
        &["-> bob@x/phone content-Add m1 video"],
    );
    let theirs = change("m1", ContentAction::Add, pictures("camera", "theirs", Creator::Responder));
    l.signal(PHONE, theirs, &["-> bob@x/phone content-Reject m1 camera"]);
    l.signal(
        PHONE,
        change("m1", ContentAction::Accept, pictures("video", "theirs", Creator::Initiator)),
        &[
            "apply m1 addition-answer theirs",
            "media m1 Video camera=true",
            "record m1 Outgoing Accepted",
            "changed m1 Video Connected Accepted camera far-camera",
            "gate m1 mcp",
            "done",
        ],
    );

    // The responder takes the initiator's, with its own camera.
    let mut l = talking_in();
    l.does(add_video("b1"), &["add b1 camera Video"]);
    l.peer(
        "b1",
        PeerEvent::LocalAddition(pictures("camera", "mine", Creator::Responder)),
        &["-> bob@x/phone content-Add b1 camera"],
    );
    l.signal(
        PHONE,
        change("b1", ContentAction::Add, pictures("video", "theirs", Creator::Initiator)),
        &["remove b1 camera", "apply b1 addition theirs"],
    );
    accepts(&mut l);
    let lost = change("b1", ContentAction::Reject, pictures("camera", "", Creator::Responder));
    l.signal(PHONE, lost, &[]);

    // The wish comes while the far side's addition is being answered.
    let mut l = talking_in();
    let offer = change("b1", ContentAction::Add, pictures("video", "theirs", Creator::Initiator));
    l.signal(PHONE, offer, &["apply b1 addition theirs"]);
    l.does(add_video("b1"), &[]);
    accepts(&mut l);
}
