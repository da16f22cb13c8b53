"""Which libraries come with a device's driver, and never in a wheel?"""

from __future__ import annotations

from typing import NamedTuple


class Driver(NamedTuple):
    """Libraries that only a driver brings."""

    prefixes: tuple[str, ...]
    """What their names begin with."""
    device: str
    brought_by: str
    """Why no wheel can bring them, the part of a sentence after the library's name."""


# The version of these libraries has to be that of the kernel's module or of the firmware, so wheels
# leave them out on purpose. Libraries of the same makers that come in wheels are not listed.
DRIVERS = (
    Driver(
        # The driver's own interface, its management, and its video and ray tracing parts.
        (
            "libcuda.so",
            "libcudadebugger.so",
            "libnvidia-",
            "libnvcuvid.so",
            "libnvoptix.so",
            "libnvcuextend.so",
        ),
        "an NVIDIA GPU",
        "comes with NVIDIA's driver, in its very version",
    ),
    Driver(
        # On Jetson boards the driver is part of the system's image.
        ("libnvrm_", "libnvdla_", "libcudla.so", "libnvbufsurface"),
        "an NVIDIA Jetson board",
        "comes with the board's system",
    ),
    Driver(
        # ROCm's runtime speaks to the kernel's amdgpu module; wheels of ROCm that are complete
        # bring both libraries, and then they are found.
        ("libamdhip64.so", "libhsa-runtime64.so", "librocm_smi64.so", "libamd_smi.so"),
        "an AMD GPU",
        "comes with AMD's ROCm driver",
    ),
    Driver(
        ("libze_loader.so", "libze_intel_gpu.so", "libigdgmm.so", "libze_intel_npu.so"),
        "an Intel GPU or NPU",
        "comes with Intel's driver",
    ),
    Driver(
        # A thin library that each maker's OpenCL driver installs, or depends on.
        ("libOpenCL.so",),
        "an OpenCL device",
        "comes with the device's OpenCL driver",
    ),
    Driver(
        # The user-space half of the kernel's RDMA drivers.
        ("libibverbs.so", "librdmacm.so", "libmlx5.so", "libefa.so"),
        "an InfiniBand or RDMA network card",
        "comes with the card's driver",
    ),
    Driver(
        ("libnrt.so",),
        "an AWS Neuron device",
        "comes with AWS's Neuron driver",
    ),
    Driver(
        ("libascendcl.so", "libascend_hal.so"),
        "a Huawei Ascend NPU",
        "comes with Huawei's CANN driver",
    ),
)


def driver_of(library: str) -> Driver | None:
    """Return the driver that brings a library; None for a library that is no driver's."""
    for driver in DRIVERS:
        if library.startswith(driver.prefixes):
            return driver
    return None
