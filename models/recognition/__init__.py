"""Recognition: classification (EfficientNet-Lite0, ImageNet) and object detection (NanoDet, COCO).

Worker threads prepare pictures and postprocess outputs (`classes`, `detections`); only the networks run on the device
(`classifier_program`, `detector_program`); `motion` extrapolates boxes without it.
"""
