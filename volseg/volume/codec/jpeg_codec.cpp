// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/codec/jpeg_codec.h"

#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <gdcmTransferSyntax.h>

namespace volseg::volume {

namespace {

gdcm::Image image_of(const internal::DicomSlice& slice, std::span<const std::byte> stream,
                     const char* transfer_syntax) {
  gdcm::Image image;
  image.SetNumberOfDimensions(2);
  image.SetDimension(0, static_cast<uint32_t>(slice.columns));
  image.SetDimension(1, static_cast<uint32_t>(slice.rows));
  image.SetPixelFormat(gdcm::PixelFormat(
      1, static_cast<uint16_t>(slice.bits_allocated), static_cast<uint16_t>(slice.bits_stored),
      static_cast<uint16_t>(slice.high_bit), slice.is_signed ? 1 : 0));
  image.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
  image.SetTransferSyntax(gdcm::TransferSyntax::GetTSType(transfer_syntax));
  gdcm::Fragment fragment;
  fragment.SetByteValue(reinterpret_cast<const char*>(stream.data()),
                        gdcm::VL(static_cast<uint32_t>(stream.size())));
  const gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
  fragments->AddFragment(fragment);
  gdcm::DataElement pixels(gdcm::Tag(0x7FE0, 0x0010));
  pixels.SetVR(gdcm::VR::OB);
  pixels.SetValue(*fragments);
  image.SetDataElement(pixels);
  return image;
}

bool decode(const internal::DicomSlice& slice, std::span<const std::byte> stream,
            const char* transfer_syntax, std::span<std::byte> pixels) {
  gdcm::Trace::DebugOff();
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
  const gdcm::Image image = image_of(slice, stream, transfer_syntax);
  return image.GetBufferLength() == pixels.size() &&
         image.GetBuffer(reinterpret_cast<char*>(pixels.data()));
}

}  // namespace

extern "C" bool volseg_decode_jpeg(const internal::DicomSlice& slice,
                                   std::span<const std::byte> stream, const char* transfer_syntax,
                                   std::span<std::byte> pixels) noexcept {
  try {
    return decode(slice, stream, transfer_syntax, pixels);
  } catch (...) {
    return false;
  }
}

}  // namespace volseg::volume
