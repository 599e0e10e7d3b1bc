//! The video path: pure parts in virtual time, threads and a virtual camera in real time.

mod assembler;
mod camera;
mod hostile;
mod link;
mod measure;
mod pipeline;
mod threads;
