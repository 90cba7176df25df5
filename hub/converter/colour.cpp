// The only file that knows Little CMS.
#include <lcms2.h>

#include <memory>

#include "hub/converter/picture.hpp"

namespace tocsin::converter {

namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
using Transform = std::unique_ptr<void, decltype(&cmsDeleteTransform)>;

}  // namespace

void to_srgb(Picture& picture) {
    if (picture.profile.empty()) {
        return;
    }
    cmsSetLogErrorHandler(nullptr);
    const Profile from(cmsOpenProfileFromMem(picture.profile.data(),
                                             static_cast<unsigned>(picture.profile.size())),
                       &cmsCloseProfile);
    const Profile srgb(cmsCreate_sRGBProfile(), &cmsCloseProfile);
    picture.profile.clear();
    if (from == nullptr || srgb == nullptr || cmsGetColorSpace(from.get()) != cmsSigRgbData) {
        return;
    }
    const Transform transform(
        cmsCreateTransform(
            from.get(), TYPE_RGB_8, srgb.get(), TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0),
        &cmsDeleteTransform);
    if (transform != nullptr) {
        cmsDoTransform(transform.get(),
                       picture.rgb.data(),
                       picture.rgb.data(),
                       static_cast<unsigned>(picture.rgb.size() / 3));
    }
}

}  // namespace tocsin::converter
