//! The built-in test picture as an input.

use super::{InputContext, InputFailure, Pace, VideoInput, VideoInputEvent, test_picture_device};
use crate::video::test_picture::TestPicture;

/// See [`TestPicture`].
#[derive(Debug, Default)]
pub struct TestInput;

impl VideoInput for TestInput {
    fn run(&mut self, context: &InputContext) -> Result<(), InputFailure> {
        let device = test_picture_device();
        let source = TestPicture::new(context.limit.width, context.limit.height);
        let mut pace = Pace::new(f64::from(context.limit.fps));
        context.deliver(source.at(context.clock.now()));
        context.say(VideoInputEvent::Started { device: device.id, name: device.name, is_test: true });
        while !pace.wait(context) {
            context.deliver(source.at(context.clock.now()));
        }
        Ok(())
    }
}
