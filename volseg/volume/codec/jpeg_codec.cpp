// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/codec/jpeg_codec.h"

#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <gdcmTransferSyntax.h>

namespace volseg::volume {

namespace {

gdcm::Image image_of(const JpegFrame& frame) {
  gdcm::Image image;
  image.SetNumberOfDimensions(2);
  image.SetDimension(0, frame.columns);
  image.SetDimension(1, frame.rows);
  image.SetPixelFormat(gdcm::PixelFormat(1, frame.bits_allocated, frame.bits_stored, frame.high_bit,
                                         frame.is_signed ? 1 : 0));
  image.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
  image.SetTransferSyntax(gdcm::TransferSyntax::GetTSType(frame.transfer_syntax));
  gdcm::Fragment fragment;
  fragment.SetByteValue(reinterpret_cast<const char*>(frame.stream),
                        gdcm::VL(static_cast<uint32_t>(frame.stream_bytes)));
  const gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
  fragments->AddFragment(fragment);
  gdcm::DataElement pixels(gdcm::Tag(0x7FE0, 0x0010));
  pixels.SetVR(gdcm::VR::OB);
  pixels.SetValue(*fragments);
  image.SetDataElement(pixels);
  return image;
}

bool decode(const JpegFrame& frame, std::byte* pixels, size_t size_bytes) {
  gdcm::Trace::DebugOff();
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
  const gdcm::Image image = image_of(frame);
  return image.GetBufferLength() == size_bytes && image.GetBuffer(reinterpret_cast<char*>(pixels));
}

}  // namespace

extern "C" bool volseg_decode_jpeg(const JpegFrame& frame, std::byte* pixels,
                                   size_t size_bytes) noexcept {
  try {
    return decode(frame, pixels, size_bytes);
  } catch (...) {
    return false;
  }
}

}  // namespace volseg::volume
