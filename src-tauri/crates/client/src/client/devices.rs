//! Microphones, speakers and cameras.

use confab_model::{Device, DeviceId, DeviceKind, Devices};

use super::Client;
use crate::{ErrorCode, OperationError};

impl Client {
    /// All devices and the selection.
    pub async fn devices(&self) -> Result<Devices, OperationError> {
        Ok(self.shared.devices.devices().await)
    }

    /// Chooses a device for this and later calls; `None` follows the system.
    pub async fn select_device(&self, kind: DeviceKind, id: Option<DeviceId>) -> Result<Devices, OperationError> {
        let known: Vec<Device> = self.shared.devices.devices().await.devices;
        if let Some(id) = &id
            && !known.iter().any(|device| device.kind == kind && device.id == *id)
        {
            return Err(OperationError::new(ErrorCode::UnknownDevice, "there is no such device now"));
        }
        self.shared.devices.select(kind, id).await?;
        Ok(self.shared.devices.devices().await)
    }
}
